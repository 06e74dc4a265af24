/**
 * Where a receiver listens.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";
import { calls, rateAndWindow, sender } from "../socket_calls.ts";

export default defineScenario({
  name: "add-drop-interface",
  about: "A receiver listens on its first interface; RM_ADD_RECEIVE_IF names others instead, as many as it likes, " +
    "RM_DEL_RECEIVE_IF takes one back. All of that is before listen.",
  segments: { red: {}, green: {}, blue: {} },
  nodes: {
    redServer: { role: "sockets", on: ["red"] },
    greenServer: { role: "sockets", on: ["green"] },
    blueServer: { role: "sockets", on: ["blue"] },
    first: { role: "sockets", on: ["red", "green", "blue"] },
    chosen: { role: "sockets", on: ["red", "green", "blue"] },
  },
  script: [
    ...calls("0s", "first", "in", { open: { type: "SOCK_RDM" } }, { bind: { address: "group" } }, { listen: {} }),
    ...calls(
      "0s",
      "chosen",
      "in",
      { open: { type: "SOCK_RDM" } },
      { set: { option: "RM_ADD_RECEIVE_IF", interface: "red" }, fails: "WSAEINVAL" },
      { bind: { address: "group" } },
      { set: { option: "RM_ADD_RECEIVE_IF", interface: "red" } },
      { set: { option: "RM_ADD_RECEIVE_IF", interface: "green" } },
      { set: { option: "RM_ADD_RECEIVE_IF", value: "10.99.0.1" }, fails: "WSAEADDRNOTAVAIL" },
      { set: { option: "RM_ADD_RECEIVE_IF", value: "here" }, fails: "WSAEFAULT" },
      { set: { option: "RM_DEL_RECEIVE_IF", interface: "blue" }, fails: "WSAEINVAL" },
      { set: { option: "RM_DEL_RECEIVE_IF", interface: "red" } },
      { set: { option: "RM_DEL_RECEIVE_IF", interface: "red" }, fails: "WSAEINVAL" },
      { set: { option: "RM_ADD_RECEIVE_IF", interface: "blue" } },
      { listen: { backlog: 2 } },
      { set: { option: "RM_ADD_RECEIVE_IF", interface: "red" }, fails: "WSAEINVAL" },
      { set: { option: "RM_SET_SEND_IF", interface: "red" }, fails: "WSAEOPNOTSUPP" },
    ),
    { at: "0s", read: { node: ["first", "chosen"], socket: "in" } },
    ...["redServer", "greenServer", "blueServer"].flatMap((node) =>
      calls("0s", node, "out", ...sender("SOCK_RDM", rateAndWindow(1000, 1000)))
    ),
    { at: "10ms", send: { from: "redServer", socket: "out", messages: 3, bytes: 100 } },
    { at: "10ms", send: { from: "greenServer", socket: "out", messages: 5, bytes: 100 } },
    { at: "10ms", send: { from: "blueServer", socket: "out", messages: 7, bytes: 100 } },
  ],
  expect: [
    { delivered: 3, to: "first" },
    { delivered: 12, to: "chosen" },
    { delivered: "all", to: ["first", "chosen"] },
  ],
});
