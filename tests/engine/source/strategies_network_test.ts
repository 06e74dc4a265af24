/**
 * Receivers obey the advertised window, whatever moves it: one workload, every strategy, a lossy network.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ofType, watch, watchPass } from "../../support/runs.ts";

/** A hundred messages to members of which each loses every tenth packet. */
function run(strategy: Record<string, unknown>) {
  return watchPass({
    name: "strategies",
    about: "One workload under each strategy of the window.",
    segments: { lan: { rate: "10Mbps", delay: "1ms" } },
    nodes: {
      sender: {
        role: "source",
        on: ["lan"],
        source: { rate: "400kbps", txwSecs: "4s", txwAdvSecs: "1s", ...strategy },
      },
      member: { role: "receiver", on: ["lan"], count: 5 },
    },
    script: [
      { at: "0s", impair: { on: "lan", to: "member", loss: "10%" } },
      { at: "100ms", send: { from: "sender", messages: 400, bytes: 1000, every: "20ms" } },
    ],
    expect: [{ delivered: "all", to: "member" }],
  });
}

Deno.test("Source: receivers recover under every strategy, with the same configuration [WIN-032]", () => {
  const trails = (strategy: Record<string, unknown>) => {
    const { trace } = run(strategy);
    const sent = trace.filter(({ kind, node }) => kind === "send" && node === "sender");
    assert(ofType(sent, "RDATA").length > 0);
    assertEquals(ofType(sent, "ODATA").length, 400);
    return ofType(sent, "ODATA").map(({ packet }) => packet !== undefined && "trail" in packet ? packet.trail : -1);
  };
  const last = [
    trails({ txwStrategy: "advanceWithTime" }),
    trails({ txwStrategy: "advanceWithData" }),
    trails({ txwStrategy: "advanceWithData", incrementRepairsFirst: true, txwAdvIvl: "100ms" }),
    trails({ txwStrategy: "application" }),
  ].map((each) => each.at(-1)!);
  assert(last[0]! > 100 && last[1]! > 100 && last[2]! > 100, `the window advances: ${last}`);
  assertEquals(last[3], 0, "nobody releases anything");
});

Deno.test("Source: a held advance saves what was asked for in time, another loses it", () => {
  // The repair waits for 600 ms from the NAK on, which comes some time after the packet.
  const source = { txwSecs: "600ms", txwAdvSecs: "300ms", rdataDelay: "600ms" } as const;
  const lost = (holdForRepairs: boolean) => {
    const { result, trace } = watch({
      name: "held",
      about: "A repair is not sent yet when the window is to go past it.",
      segments: { lan: { rate: "10Mbps", delay: "1ms" } },
      nodes: {
        sender: { role: "source", on: ["lan"], source: { ...source, holdForRepairs } },
        member: { role: "receiver", on: ["lan"], receiver: { nakRdataIvl: "3s" } },
      },
      script: [
        { at: "0s", drop: { on: "lan", to: "member", packet: "ODATA", sqn: 3 } },
        { at: "0s", send: { from: "sender", messages: 40, bytes: 500, every: "50ms" } },
      ],
      expect: [{ delivered: "all", to: "member" }],
    });
    return [result.verdict, ofType(trace.filter(({ kind }) => kind === "send"), "RDATA").length];
  };
  assertEquals([lost(true), lost(false)], [["pass", 1], ["expectation", 0]]);
});
