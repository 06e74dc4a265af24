import { assertEquals } from "@std/assert";
import { sim } from "../../support/console.ts";

Deno.test("examples: every file passes", async () => {
  let files = 0;
  for (const { name } of Deno.readDirSync("examples")) {
    const { code, out } = await sim("run", `examples/${name}`);
    assertEquals([name, code, out.includes("verdict   pass")], [name, 0, true]);
    files++;
  }
  assertEquals(files > 0, true);
});

Deno.test("README: its scenario is the example", () => {
  const [, block] = Deno.readTextFileSync("README.md").match(/```json\n([\s\S]*?)```/)!;
  const { $schema: _, ...shown } = JSON.parse(block!);
  const { $schema: __, ...example } = JSON.parse(Deno.readTextFileSync("examples/lossy-lan.json"));
  assertEquals(shown, example);
});
