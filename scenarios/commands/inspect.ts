/**
 * `inspect`: decodes a capture.
 *
 * @module
 */

import { IP_PROTOCOL_PGM } from "../../engine/mod.ts";
import { type CapturedFrame, CaptureError, readCapture } from "../../netsim/mod.ts";
import { describeFrame, inspectFrame } from "../inspect.ts";
import { readFile } from "./files.ts";
import { type Arguments, type Command, type Flag, UsageError } from "./usage.ts";

/** The UDP ports that OpenPGM encapsulates to by default. */
const UDP_PORTS: readonly number[] = [3055, 3056];

/** The flag that names other ports. */
export const UDP_PORT_FLAG: Flag = {
  name: "udp-port",
  value: "PORT",
  about: `UDP port of encapsulated PGM; without it ${UDP_PORTS.join(" and ")}`,
  repeated: true,
};

/** The frames of the capture that a command names. */
export function openCapture(args: Arguments): readonly CapturedFrame[] {
  const path = args.single("the name of a capture file");
  const ports = args.texts("udp-port").map((text) => {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (port < 1 || port > 65_535) throw new UsageError(`--udp-port ${text}: must be an integer in 1 .. 65535`);
    return port;
  });
  const options = { udpPorts: ports.length === 0 ? UDP_PORTS : ports, protocol: IP_PROTOCOL_PGM };
  try {
    return readCapture(readFile(path), options).frames;
  } catch (error) {
    if (error instanceof CaptureError) throw new UsageError(`${path}: ${error.message}`);
    throw error;
  }
}

/** The command. */
export const inspectCommand: Command = {
  name: "inspect",
  positional: "FILE",
  about: "Decodes the PGM packets of a pcap or pcapng file, one line a frame.",
  flags: [UDP_PORT_FLAG, { name: "json", about: "one JSON object a frame" }],
  run(args) {
    for (const frame of openCapture(args)) {
      console.log(args.has("json") ? JSON.stringify(inspectFrame(frame)) : describeFrame(frame));
    }
    return Promise.resolve(0);
  },
};
