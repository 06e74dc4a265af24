import { assertEquals } from "@std/assert";
import { Ladder } from "../../scenarios/run/ladder.ts";

/** The lines of a ladder, without the blanks that align them. */
function written(tell: (ladder: Ladder) => void): string[] {
  const lines: string[] = [];
  const ladder = new Ladder((line) => lines.push(line.trim().replaceAll(/ +/g, " ")));
  tell(ladder);
  ladder.flush();
  return lines;
}

Deno.test("Ladder: what several nodes do at one instant is one line", () => {
  const lines = written((ladder) => {
    ladder.event(1_000_000, "member-0", "crashes");
    ladder.event(1_000_000, "member-1", "crashes");
    ladder.event(1_000_000, "sender", "restarts");
    ladder.event(1_000_000, "other", "restarts");
    ladder.event(1_000_001, "member-2", "crashes");
  });
  assertEquals(lines, ["1.000 ms 2 x member crashes", "1.000 ms sender + 1 restarts", "1.000 ms member-2 crashes"]);
});

Deno.test("Ladder: what one node does at one instant stays in its order, with others and by itself", () => {
  const lines = written((ladder) => {
    const tell = (node: string, ...texts: string[]) => texts.forEach((text) => ladder.event(0, node, text));
    tell("a", "sets", "connects", "sets", "sets", "fails");
    tell("b", "connects", "sets", "fails");
    tell("c", "sets", "connects");
  });
  assertEquals(lines, [
    "0.000 ms a sets",
    "0.000 ms a + 1 connects",
    "0.000 ms a + 2 sets",
    "0.000 ms a + 1 fails",
    "0.000 ms c connects",
  ]);
});

Deno.test("Ladder: sequence numbers in a row are one line, over 2^32 too", () => {
  const lines = written((ladder) => {
    for (const node of ["a-0", "a-1"]) for (const sqn of [4294967295, 0, 1]) ladder.mark(0, node, "REORDER", sqn);
    ladder.mark(0, "a-0", "REORDER", 2);
    ladder.mark(0, "a-1", "BACK_OFF", 3);
    ladder.mark(0, "a-1", "BACK_OFF", 5);
    ladder.mark(0, "a-1", "WAIT_DATA", 6);
    ladder.mark(1_000_000, "a-1", "WAIT_DATA", 7);
  });
  assertEquals(lines, [
    "0.000 ms 2 x a misses SQN 4294967295 to 1",
    "0.000 ms a-0 misses SQN 2",
    "0.000 ms a-1 backs off before a NAK for SQN 3",
    "0.000 ms a-1 backs off before a NAK for SQN 5",
    "0.000 ms a-1 hears the NCF, waits for SQN 6",
    "1.000 ms a-1 hears the NCF, waits for SQN 7",
  ]);
});

Deno.test("Ladder: who waits for parity does not wait for an SPM, and asks for groups", () => {
  const lines = written((ladder) => {
    ladder.mark(0, "a-0", "PARKED", 2);
    ladder.mark(0, "a-0", "PARKED", 3);
    ladder.mark(1, "a-0", "TG_BACK_OFF", 0);
    ladder.mark(2, "a-0", "TG_WAIT_NCF", 0);
    ladder.event(2, "a-0", "sends NAK 1 parity");
    ladder.mark(2, "a-1", "TG_WAIT_NCF", 0);
    ladder.mark(3, "a-1", "TG_WAIT_DATA", 0);
  });
  assertEquals(lines, [
    "0.000 ms a-0 leaves it to parity of its group to bring SQN 2 to 3",
    "0.000 ms a-0 backs off before a parity NAK for the group of SQN 0",
    "0.000 ms a-1 hears a parity NAK, waits for the NCF for the group of SQN 0",
    "0.000 ms a-0 sends NAK 1 parity",
    "0.000 ms a-1 hears the NCF, waits for parity of the group of SQN 0",
  ]);
});

Deno.test("Ladder: that a NAK was heard is news of those who did not send it", () => {
  const lines = written((ladder) => {
    ladder.mark(0, "a-0", "WAIT_NCF", 3);
    ladder.event(0, "a-0", "sends NAK 3");
    ladder.mark(0, "a-1", "WAIT_NCF", 3);
    ladder.mark(5, "a-0", "WAIT_NCF", 4);
    ladder.event(5, "a-0", "sends NAK 4");
  });
  assertEquals(lines, [
    "0.000 ms a-1 hears a NAK, waits for the NCF for SQN 3",
    "0.000 ms a-0 sends NAK 3",
    "0.000 ms a-0 sends NAK 4",
  ]);
});
