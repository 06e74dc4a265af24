import { assertEquals } from "@std/assert";
import { IP_PROTOCOL_PGM } from "../../engine/mod.ts";
import { readCapture } from "../../netsim/mod.ts";
import { receiveCapture, type ReceivedLoss, type ReceivedMessage } from "../../scenarios/receive.ts";
import { sim, withFolder } from "../support/console.ts";

const TSI = "010203040506.20001";

/** The payload of message `m` of the captures. */
function golden(m: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (m * 31 + i * 7 + (i >> 8) * 13 + 5) & 0xff);
}

function receive(file: string): { messages: ReceivedMessage[]; losses: ReceivedLoss[] } {
  const bytes = Deno.readFileSync(`tests/golden/captures/${file}.pcap`);
  const { frames } = readCapture(bytes, { udpPorts: [3056], protocol: IP_PROTOCOL_PGM });
  const messages: ReceivedMessage[] = [];
  const losses: ReceivedLoss[] = [];
  receiveCapture(frames, { message: (m) => messages.push(m), loss: (l) => losses.push(l) });
  return { messages, losses };
}

/** Every file, with the lengths of the messages that it holds whole. */
const WHOLE: readonly (readonly [string, readonly number[]])[] = [
  ["01-spm-odata-fin-udp4", new Array<number>(5).fill(100)],
  ["02-native-ip113-nak-rdata", new Array<number>(6).fill(100)],
  ["02b-native-ip113-router-alert", new Array<number>(6).fill(100)],
  ["04-opt-fragment", [4000, 100, 1445]],
  ["05-nak-ncf-rdata-single", new Array<number>(8).fill(100)],
  ["06-naklist-ncflist-rdata", new Array<number>(12).fill(64)],
  ["07-fragment-loss-rdata", [5000, 5000, 5000]],
  ["08-spmr", new Array<number>(8).fill(64)],
  ["09-late-join-spmr", new Array<number>(12).fill(64)],
  ["11-nak-repeat-rdata-lost", new Array<number>(5).fill(64)],
  ["14-unrecoverable-data-retries", new Array<number>(6).fill(64)],
  ["15-trail-advance-loss", new Array<number>(12).fill(64)],
];

for (const [file, lengths] of WHOLE) {
  Deno.test(`receiveCapture: ${file} comes out byte-exact, each message once`, () => {
    const { messages, losses } = receive(file);
    assertEquals(losses, []);
    assertEquals(messages.map(({ tsi, index }) => [tsi, index]), lengths.map((_, m) => [TSI, m]));
    for (const [m, length] of lengths.entries()) assertEquals(messages[m]!.octets, golden(m, length), `message ${m}`);
  });
}

Deno.test("receiveCapture: a packet that the capture lacks is reported lost once, the rest is delivered", () => {
  const bytes = Deno.readFileSync("tests/golden/captures/02-native-ip113-nak-rdata.pcap");
  const { frames } = readCapture(bytes, { udpPorts: [], protocol: IP_PROTOCOL_PGM });
  const messages: number[] = [];
  const losses: ReceivedLoss[] = [];
  // Frame 6 is ODATA 2.
  receiveCapture(frames.filter((frame) => frame.number !== 6), {
    message: ({ octets }) => messages.push(octets[0]!),
    loss: (loss) => losses.push(loss),
  });
  assertEquals(messages, [0, 1, 3, 4, 5].map((m) => golden(m, 100)[0]!));
  assertEquals(losses, [{ tsi: TSI, lost: [2, 2] }]);
});

Deno.test("sim receive: --out writes one file a message, --json says what is in it", async () => {
  await withFolder(async (folder) => {
    const { code, out } = await sim(
      "receive",
      "tests/golden/captures/04-opt-fragment.pcap",
      "--json",
      "--out",
      `${folder}/got`,
    );
    assertEquals(code, 0);
    const lines = out.split("\n").map((line) => JSON.parse(line));
    assertEquals(lines.map(({ tsi, index, bytes }) => [tsi, index, bytes]), [[TSI, 0, 4000], [TSI, 1, 100], [
      TSI,
      2,
      1445,
    ]]);
    assertEquals(Deno.readFileSync(`${folder}/got/000000.bin`), golden(0, 4000));
    assertEquals(Deno.readFileSync(`${folder}/got/000002.bin`), golden(2, 1445));
    const digest = await crypto.subtle.digest("SHA-256", golden(1, 100).slice());
    assertEquals(lines[1].sha256, new Uint8Array(digest).toHex());
  });
});
