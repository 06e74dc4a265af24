import { assert, assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { readCapture } from "../netsim/mod.ts";
import { sim, withFolder } from "./support/console.ts";

const CAPTURES = "tests/golden/captures";

/** One line on stderr, nothing on stdout, exit code 2. */
async function refused(message: RegExp, ...args: string[]): Promise<void> {
  const { code, out, err } = await sim(...args);
  assertEquals([code, out], [2, ""]);
  assertMatch(err, message);
  assertEquals(err.split("\n").length, 1);
}

Deno.test("sim list: names every scenario with its parameters", async () => {
  const { code, out } = await sim("list");
  assertEquals(code, 0);
  for (const name of ["lossless", "ncf-suppression", "wraparound"]) assertStringIncludes(out, name);
  assertStringIncludes(out, "--set receivers=50");
  const json = (await sim("list", "--json")).out.split("\n").map((line) => JSON.parse(line));
  assertEquals(json.find((each) => each.name === "ncf-suppression").params.receivers.value, 50);
});

Deno.test("sim run: --json is one object with every documented field", async () => {
  const { code, out } = await sim("run", "single-loss", "--json", "--seed", "3");
  assertEquals(code, 0);
  const result = JSON.parse(out);
  assertEquals([result.scenario, result.seed, result.verdict], ["single-loss", 3, "pass"]);
  assertMatch(result.traceHash, /^[0-9a-f]{16}$/);
  const member = result.receivers["member-1"];
  assertEquals([member.delivered, member.recovered, member.duplicates, member.lost], [20, 1, 0, 0]);
  assertEquals([member.naksSent, member.naksSuppressed], [1, 0]);
  const { median, p99, max } = member.repairLatencyNs;
  assert(median > 0 && median === p99 && p99 === max);
  assertEquals(result.receivers["member-0"].repairLatencyNs, { median: null, p99: null, max: null });
  const sender = result.sources.sender;
  assertEquals([sender.odata, sender.rdata, sender.ncf, sender.naksReceived], [20, 1, 1, 1]);
  assertEquals(result.segments.lan.packets.ODATA, 20);
  assert(result.simulatedNs > 0 && result.events > 0 && sender.bytes > 20_000);
});

Deno.test("sim run: the same seed gives the same hash and the same capture, another seed another [SIM-001, SIM-013]", async () => {
  await withFolder(async (folder) => {
    const run = async (seed: string, file: string) => {
      const { out } = await sim("run", "ncf-suppression", "--seed", seed, "--pcap", `${folder}/${file}`, "--json");
      return { hash: JSON.parse(out).traceHash, octets: Deno.readFileSync(`${folder}/${file}`) };
    };
    const [one, again, other] = [await run("1", "a"), await run("1", "b"), await run("2", "c")];
    assertEquals(one, again);
    assertNotEquals(one.hash, other.hash);
    const { frames } = readCapture(one.octets, { udpPorts: [], protocol: 113 });
    assertEquals(frames.filter((frame) => frame.datagram === undefined), []);
    assertStringIncludes(frames.map((frame) => frame.comment).join("\n"), "dropped: drop rule of the script");
    assertEquals(frames[0]!.interfaceName, "sender:lan");
    assertEquals([...Deno.readDirSync(folder)].map((entry) => entry.name).sort(), ["a", "b", "c"]);
  });
});

Deno.test("sim run: --set changes parameters and paths of the scenario", async () => {
  const { out } = await sim(
    "run",
    "ncf-suppression",
    "--set",
    "receivers=7",
    "--set",
    "segments.lan.delay=3ms",
    "--json",
  );
  const result = JSON.parse(out);
  assertEquals(Object.keys(result.receivers).length, 7);
  assertEquals(result.params, { receivers: 7 });
});

Deno.test("sim run: the verdict is the exit code, with the command that reproduces it", async () => {
  const failed = await sim("run", "single-loss", "--set", "expect.0.delivered=3");
  assertEquals(failed.code, 1);
  assertStringIncludes(failed.err, "deno task sim run single-loss --seed 1 --set expect.0.delivered=3");
  const late = await sim("run", "tail-loss", "--set", "limits.time=191ms");
  assertEquals(late.code, 4);
  assertStringIncludes(late.out, "limit of 0.191 s of simulated time reached");
  const long = await sim("run", "lossless", "--set", "limits.events=50");
  assertEquals(long.code, 4);
  assertStringIncludes(long.out, "limit of 50 events reached");
});

Deno.test("sim run: --ladder tells who lost, asked, kept quiet and got what", async () => {
  const { out } = await sim("run", "ncf-suppression", "--ladder");
  for (
    const words of ["50 x member", "loses ODATA 7", "backs off before a NAK for SQN 7", "sends NAK 7", "sends NCF 7"]
  ) {
    assertStringIncludes(out, words);
  }
  assertStringIncludes(out, "sends RDATA 7");
  assertStringIncludes(out, "SQN 7 repaired after");
});

Deno.test("sim run: --trace writes one JSON object a line", async () => {
  await withFolder(async (folder) => {
    await sim("run", "single-loss", "--trace", `${folder}/t.ndjson`);
    const lines = Deno.readTextFileSync(`${folder}/t.ndjson`).trimEnd().split("\n").map((line) => JSON.parse(line));
    const kinds = new Set(lines.map((line) => line.kind));
    assertEquals([...kinds].sort(), ["deliver", "drop", "note", "send"]);
    const drop = lines.find((line) => line.kind === "drop");
    assertEquals([drop.interface, drop.detail], ["member-1:lan", "drop rule of the script"]);
  });
});

Deno.test("sim replay: a recording verifies; a changed one names the first event that differs", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/r.json`;
    assertEquals((await sim("run", "burst-loss", "--seed", "5", "--set", "messages=200", "--record", path)).code, 0);
    const verified = await sim("replay", path, "--verify");
    assertEquals(verified.code, 0);
    assertStringIncludes(verified.err, "verified: ");
    const recording = JSON.parse(Deno.readTextFileSync(path));
    const bytes = Uint8Array.fromBase64(recording.checkpoints);
    bytes[4 * 17]! ^= 1;
    Deno.writeTextFileSync(path, JSON.stringify({ ...recording, checkpoints: bytes.toBase64() }));
    const differs = await sim("replay", path, "--verify");
    assertEquals(differs.code, 3);
    assertMatch(differs.err, /differs from the recording at event 17: at [\d.]+ ms, /);
    const other = { ...recording, overrides: ["messages=201"] };
    Deno.writeTextFileSync(path, JSON.stringify(other));
    assertMatch((await sim("replay", path, "--verify")).err, /differs from the recording|events/);
  });
});

Deno.test("sim: bad command lines are refused with one line", async () => {
  await refused(/^pgmlab: unknown command "rum": did you mean "run"\?/, "rum");
  await refused(/unknown scenario "single-los": did you mean "single-loss"\?/, "run", "single-los");
  await refused(/run: unknown flag "--sed": did you mean "--seed"\?/, "run", "single-loss", "--sed", "1");
  await refused(/--seed needs a value/, "run", "single-loss", "--seed");
  await refused(/--seed "x": must be an integer in 0 \.\. 9007199254740991/, "run", "single-loss", "--seed", "x");
  await refused(/--seed "-1"/, "run", "single-loss", "--seed=-1");
  await refused(/--json takes no value/, "run", "single-loss", "--json=yes");
  await refused(/name of a scenario, or its file, is missing/, "run");
  await refused(/unexpected argument "b" after a/, "run", "a", "b");
  await refused(/did you mean "receivers"\?/, "run", "ncf-suppression", "--set", "receiver=3");
  await refused(/receivers/, "run", "ncf-suppression", "--set", "receivers=-3");
  await refused(/--udp-port 99999: must be an integer in 1 \.\. 65535/, "inspect", "x.pcap", "--udp-port", "99999");
});

Deno.test("sim: bad files are refused with one line that names them", async () => {
  await withFolder(async (folder) => {
    const file = (name: string, content: string | Uint8Array) => {
      const path = `${folder}/${name}`;
      if (typeof content === "string") Deno.writeTextFileSync(path, content);
      else Deno.writeFileSync(path, content);
      return path;
    };
    await refused(/nowhere\.json: .*no such file/, "run", `${folder}/nowhere.json`);
    await refused(/bad\.json:1:2: expected a key in double quotes/, "run", file("bad.json", "{,}"));
    await refused(/nowhere\.pcap: cannot be read: no such file/, "inspect", `${folder}/nowhere.pcap`);
    await refused(/text\.pcap: /, "receive", file("text.pcap", "this is not a capture at all"));
    const real = Deno.readFileSync(`${CAPTURES}/05-nak-ncf-rdata-single.pcap`);
    await refused(/cut\.pcap: .*frame \d+/, "inspect", file("cut.pcap", real.subarray(0, real.length - 7)));
    await refused(/is not a recording/, "replay", file("list.json", "[1]"));
    await refused(
      /"seed" must be/,
      "replay",
      file("half.json", '{"format":"pgmlab-recording-1","version":"1","overrides":[]}'),
    );
    await refused(
      /no\/such\/dir\/x: cannot be written: no such file or directory/,
      "run",
      "lossless",
      "--pcap",
      `${folder}/no/such/dir/x`,
    );
    await refused(/cannot be written: it is a directory/, "run", "lossless", "--record", folder);
  });
});

Deno.test("sim run: a run that cannot finish leaves no output file behind", async () => {
  await withFolder(async (folder) => {
    await refused(/cannot be written/, "run", "lossless", "--pcap", `${folder}/a`, "--trace", `${folder}/no/b`);
    assertEquals([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("sim inspect: --json has the documented fields, a bad checksum is told", async () => {
  const { code, out } = await sim("inspect", `${CAPTURES}/19-shipped-parity-rdata-broken.pcap`, "--json");
  assertEquals(code, 0);
  const packets = out.split("\n").map((line) => JSON.parse(line));
  assertEquals(packets[13].checksum, "bad");
  assertEquals(packets.filter((packet) => packet.checksum === "bad").length, 1);
  const { frame, source, destination, ttl, type, sourcePort, destinationPort, gsi, sqn, trail, lead, parity } =
    packets[0];
  assertEquals(
    { frame, source, destination, ttl, type, sourcePort, destinationPort, gsi, sqn, trail, lead, parity },
    {
      frame: 1,
      source: "10.9.0.1",
      destination: "239.192.0.1",
      ttl: 16,
      type: "SPM",
      sourcePort: 20001,
      destinationPort: 7500,
      gsi: "010203040506",
      sqn: 0,
      trail: 0,
      lead: 0xffff_ffff,
      parity: false,
    },
  );
  assertEquals(packets[0].options[0].type, "PARITY_PRM");
});

Deno.test("sim: every command has help", async () => {
  for (const command of ["list", "run", "replay", "inspect", "receive"]) {
    const { code, out } = await sim(command, "--help");
    assertEquals(code, 0);
    assertStringIncludes(out, `Usage: deno task sim ${command}`);
  }
  assertStringIncludes((await sim("--help")).out, "COMMAND --help");
});
