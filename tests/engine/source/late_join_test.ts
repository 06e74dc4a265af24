import { assertEquals } from "@std/assert";
import { ms } from "../../../engine/mod.ts";
import { FROM_RECEIVER, QUIET, send, sourceBench as bench } from "../../support/benches.ts";
import { nak } from "../../support/rig.ts";

Deno.test("Source: OPT_JOIN offers a share of the newest packets, rounded down, on SPM, ODATA and RDATA", () => {
  const joins = (lateJoin: number) => {
    const config = { ...QUIET, lateJoin, syn: false, firstSqn: 0xffff_fffe, ambientSpmIvl: ms(100), maxTsdu: 100 };
    const rig = bench(config).at(0);
    for (let i = 0; i < 5; i++) send(rig, 1);
    rig.at(ms(100)).hears(nak({ sqn: 0 }), FROM_RECEIVER);
    return rig.said().filter(({ value }) => value.type !== "NCF").map(({ value }) => {
      const [join] = value.options;
      return join?.type === "JOIN" ? join.minSqn : undefined;
    });
  };
  const [a, b] = [0xffff_fffe, 0xffff_ffff];
  // The first SPM, ODATA up to 2, an SPM, and the repair of 0, which repeats what its original said.
  assertEquals(joins(0), [undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined]);
  assertEquals(joins(0.5), [a, a, b, 0, 0, 1, 1, 0]);
  assertEquals(joins(1), [a, a, a, a, a, a, a, a]);
});
