/**
 * `receive`: feeds a capture to the receiver engine.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { receiveCapture, type ReceivedLoss, type ReceivedMessage } from "../receive.ts";
import { makeDirectory, OutputFile } from "./files.ts";
import { openCapture, UDP_PORT_FLAG } from "./inspect.ts";
import type { Command } from "./usage.ts";

/** The command. */
export const receiveCommand: Command = {
  name: "receive",
  positional: "FILE",
  about:
    "Feeds the downstream packets of a capture to the receiver engine, at their real times, and lists what it delivers.",
  flags: [
    { name: "out", value: "DIR", about: "write the messages to DIR as 000000.bin, 000001.bin, ..." },
    UDP_PORT_FLAG,
    { name: "json", about: "one JSON object a message or loss" },
  ],
  run(args) {
    const frames = openCapture(args);
    const out = args.text("out");
    const json = args.has("json");
    if (out !== undefined) makeDirectory(out);
    receiveCapture(frames, {
      message(message) {
        if (out !== undefined) writeMessage(out, message);
        console.log(json ? JSON.stringify(messageJson(message)) : messageLine(message));
      },
      loss(loss) {
        console.log(json ? JSON.stringify(loss) : lossLine(loss));
      },
    });
    return Promise.resolve(0);
  },
};

function messageJson({ tsi, index, octets, timeNs }: ReceivedMessage): Record<string, unknown> {
  return { tsi, index, bytes: octets.length, sha256: sha256(octets), timeNs };
}

function messageLine({ tsi, index, octets, timeNs }: ReceivedMessage): string {
  const time = (timeNs / 1e9).toFixed(6).padStart(12);
  return `${time}  ${tsi}  message ${index}: ${octets.length} bytes, sha256 ${sha256(octets)}`;
}

function lossLine({ tsi, lost: [first, last] }: ReceivedLoss): string {
  return `              ${tsi}  lost: SQN ${first === last ? first : `${first} to ${last}`}`;
}

function writeMessage(directory: string, { index, octets }: ReceivedMessage): void {
  const file = new OutputFile(`${directory}/${String(index).padStart(6, "0")}.bin`);
  file.write(octets);
  file.finish();
}

function sha256(octets: Uint8Array): string {
  return createHash("sha256").update(octets).digest("hex");
}
