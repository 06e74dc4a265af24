/**
 * The comparison with Wireshark can fail: each kind of difference is found.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { compareFrames, parseInspect, parseTshark } from "./compare.ts";

const GOOD = { damaged: false, malformed: false };
const DAMAGED = { damaged: true, malformed: false };
const HAND_MADE = { damaged: true, malformed: true };
const ODATA = "4\t\t0x04\t119,1\t20001\t7500\t010203040506\t100\t0x00000000\t0x00000000\t\t\t\t\t";
const NAK = "9\t\t0x08\t137,1\t7500\t20001\t01:02:03:04:05:06\t0\t\t\t\t0x00000003\t\t\t";
const BAD = "14\t\t0x05\t241,0\t0\t0\t010203040506\t64\t0x00000000\t0x00000000\t\t\t\t\t";
const OTHER = "5\t\t\t\t\t\t\t\t\t\t\t\t\t\t";
const MALFORMED = "6\tMalformed Packet\t0x04\t119,1\t1\t2\t010203040506\t100\t\t\t\t\t\t\t";

const OUR_ODATA = {
  frame: 4,
  timeNs: 1,
  type: "ODATA",
  checksum: "good",
  sourcePort: 20001,
  destinationPort: 7500,
  gsi: "010203040506",
  tsduLength: 100,
  sqn: 0,
  trail: 0,
};
const OUR_NAK = {
  frame: 9,
  type: "NAK",
  checksum: "good",
  sourcePort: 7500,
  destinationPort: 20001,
  gsi: OUR_ODATA.gsi,
  sqn: 3,
};

Deno.test("compareFrames: equal dissections have no difference", () => {
  assertEquals(compare([ODATA, NAK], [OUR_ODATA, OUR_NAK]), { packets: 2, differences: [] });
});

Deno.test("compareFrames: each field that differs is named", () => {
  const changes = {
    type: "RDATA",
    checksum: "bad",
    sourcePort: 1,
    destinationPort: 1,
    gsi: "00",
    sqn: 9,
    trail: 1,
    tsduLength: 9,
  };
  for (const [key, value] of Object.entries(changes)) {
    const { packets, differences } = compare([ODATA], [{ ...OUR_ODATA, [key]: value }]);
    assertEquals([packets, differences.length, differences[0]?.startsWith(`frame 4: ${key} is `)], [0, 1, true], key);
  }
  const { sqn: _, ...without } = OUR_ODATA;
  assertEquals(compare([ODATA], [without]).differences, ["frame 4: sqn is 0 in tshark, undefined in inspect"]);
});

Deno.test("compareFrames: frames that only one of the two decodes", () => {
  assertEquals(compare([ODATA], []).differences, ["frame 4: tshark dissects ODATA, inspect says nothing"]);
  assertEquals(compare([ODATA], [{ frame: 4, error: "short" }]).differences, [
    "frame 4: tshark dissects ODATA, inspect says short",
  ]);
  assertEquals(compare([OTHER], [{ ...OUR_ODATA, frame: 5 }]).differences.length, 1);
  assertEquals(compare([OTHER], [{ frame: 5, type: "SPMR", checksum: "good" }]), { packets: 1, differences: [] });
  assertEquals(compare([OTHER], [{ frame: 5, type: "SPMR", checksum: "bad" }]).differences.length, 1);
  assertEquals(compare([OTHER], [{ frame: 5, error: "not PGM" }]), { packets: 0, differences: [] });
  assertEquals(compare([], [OUR_ODATA]).differences, ["frame 4: inspect has it, tshark does not"]);
});

Deno.test("compareFrames: what was made malformed on purpose, tshark need not find malformed", () => {
  assertEquals(compare([ODATA], [{ frame: 4, error: "short" }], HAND_MADE), { packets: 0, differences: [] });
  assertEquals(compare([ODATA], [{ frame: 4, error: "short" }], DAMAGED).differences.length, 1);
  assertEquals(compare([ODATA], [], HAND_MADE).differences.length, 1);
  assertEquals(compare([ODATA], [{ ...OUR_ODATA, sqn: 9 }], HAND_MADE).differences.length, 1);
});

Deno.test("compareFrames: damage is a difference unless it was done on purpose, and then both must see it", () => {
  for (const line of [BAD, MALFORMED]) {
    const frame = Number(line.split("\t")[0]);
    const ours = { ...OUR_ODATA, frame, checksum: "bad" };
    assertEquals(compare([line], [ours]).differences.length, 1);
    assertEquals(compare([line], [ours], DAMAGED).differences, []);
    assertEquals(compare([line], [{ frame, error: "bad checksum" }], DAMAGED).differences, []);
    assertEquals(compare([line], [{ ...ours, checksum: "good" }], DAMAGED).differences.length, 1);
  }
});

function compare(theirs: readonly string[], ours: readonly object[], allowance = GOOD) {
  const inspect = ours.map((frame) => JSON.stringify(frame)).join("\n");
  return compareFrames(parseTshark(theirs.join("\n")), parseInspect(inspect), allowance);
}
