/**
 * The options of senders: which value is refused when and by which code, and that nothing has changed afterwards.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import * as rm from "../../../engine/socket/rm_options.ts";
import { AF_INET, FIONBIO, IPPROTO_RM, SOCK_RDM, SOCK_STREAM } from "../../../engine/mod.ts";
import { GROUP, SOURCE } from "../../support/rig.ts";
import { bench, bound, connected, get, GETTABLE, refused, SD_SEND, set, VALUES, works } from "../../support/senders.ts";
import { fails } from "../../support/winsock.ts";

const { MAX_MESSAGE_BYTES } = rm;

Deno.test("setsockopt: every option of a sender: only between bind and connect", () => {
  for (const [option, value] of VALUES) {
    const name = rm.RM_OPTIONS.get(option)!.name;
    const early = bench();
    fails("WSAEINVAL", () => set(early.socket, option, value), name);
    fails("WSAEINVAL", () => get(early.socket, option), name);
    const sender = bound();
    const initial = GETTABLE.includes(option) ? get(sender.socket, option) : undefined;
    set(sender.socket, option, value);
    if (GETTABLE.includes(option)) assertEquals(get(sender.socket, option), value, name);
    else refused(sender, "WSAENOPROTOOPT", () => get(sender.socket, option), name);
    sender.socket.connect(0, GROUP, 7500);
    refused(sender, "WSAEINVAL", () => set(sender.socket, option, initial ?? 1), name);
    works(sender);
    sender.socket.shutdown(sender.rig.now, SD_SEND);
    refused(sender, "WSAEINVAL", () => set(sender.socket, option, initial ?? 1), name);
    if (GETTABLE.includes(option)) assertEquals(get(sender.socket, option), value, name);
  }
});

Deno.test("setsockopt: options of receivers, those that cannot be set or read, other levels", () => {
  for (const sender of [bound(), connected(), connected(SOCK_STREAM)]) {
    const { socket } = sender;
    for (const option of [rm.RM_ADD_RECEIVE_IF, rm.RM_DEL_RECEIVE_IF]) {
      refused(sender, "WSAEOPNOTSUPP", () => set(socket, option, SOURCE));
      refused(sender, "WSAENOPROTOOPT", () => get(socket, option));
    }
    refused(sender, "WSAEOPNOTSUPP", () => set(socket, rm.RM_HIGH_SPEED_INTRANET_OPT, 1));
    refused(sender, "WSAEOPNOTSUPP", () => get(socket, rm.RM_HIGH_SPEED_INTRANET_OPT));
    refused(sender, "WSAENOPROTOOPT", () => set(socket, rm.RM_RECEIVER_STATISTICS, 1));
    refused(sender, "WSAEOPNOTSUPP", () => get(socket, rm.RM_RECEIVER_STATISTICS));
    refused(sender, "WSAENOPROTOOPT", () => set(socket, rm.RM_SENDER_STATISTICS, {}));
    for (const option of [rm.RM_FLUSHCACHE, rm.RM_OPTIONSBASE, 1015]) {
      refused(sender, "WSAENOPROTOOPT", () => set(socket, option, 1));
      refused(sender, "WSAENOPROTOOPT", () => get(socket, option));
    }
    refused(sender, "WSAENOPROTOOPT", () => get(socket, rm.RM_SET_MCAST_TTL));
    refused(sender, "WSAENOPROTOOPT", () => get(socket, rm.RM_SET_MESSAGE_BOUNDARY));
    for (const level of [0, 6, 112, 114, 0xffff]) {
      refused(sender, "WSAENOPROTOOPT", () => socket.setsockopt(level, rm.RM_LATEJOIN, 1));
      refused(sender, "WSAENOPROTOOPT", () => socket.getsockopt(0, level, rm.RM_LATEJOIN));
    }
  }
});

Deno.test("setsockopt: values of another type, structures that are too short: WSAEFAULT, and the old value stays", () => {
  const numbers = [rm.RM_SENDER_WINDOW_ADVANCE_METHOD, rm.RM_LATEJOIN, rm.RM_SEND_WINDOW_ADV_RATE, rm.RM_SET_MCAST_TTL];
  const misfits: [options: number[], values: unknown[]][] = [
    [[...numbers, rm.RM_SET_MESSAGE_BOUNDARY], ["1", "", null, undefined, true, -1, 1.5, NaN, 2 ** 32, [], {}, 1n]],
    [[rm.RM_RATE_WINDOW_SIZE], [undefined, null, 56, "56", true, () => {}]],
    [[rm.RM_RATE_WINDOW_SIZE], [{ RateKbitsPerSec: "56" }, { WindowSizeInMSecs: -1 }, { WindowSizeInBytes: 2 ** 32 }]],
    [[rm.RM_RATE_WINDOW_SIZE], [{ RateKbitsPerSec: 56, WindowSizeInMSecs: 1.5 }, { WindowSizeInBytes: null }]],
    [[rm.RM_SET_SEND_IF], [undefined, null, 0, 0x0a000001, "", "10.0.0", "10.0.0.1 ", "fe80::1", "::", {}, [SOURCE]]],
    [[rm.RM_USE_FEC], [undefined, null, 20, "fec", {}, []]],
  ];
  for (const [options, values] of misfits) {
    for (const option of options) {
      const sender = bound();
      if (option !== rm.RM_SET_MESSAGE_BOUNDARY) {
        set(
          sender.socket,
          option,
          VALUES.find(([each]) => each === option)![1],
        );
      }
      for (const value of values) {
        refused(sender, "WSAEFAULT", () => set(sender.socket, option, value), `${option} ${String(value)}`);
      }
    }
  }
  const fec = VALUES.find(([option]) => option === rm.RM_USE_FEC)![1] as Record<string, unknown>;
  for (const field of Object.keys(fec)) {
    const sender = bound();
    const { [field]: _, ...short } = fec;
    refused(sender, "WSAEFAULT", () => set(sender.socket, rm.RM_USE_FEC, short), field);
    set(sender.socket, rm.RM_USE_FEC, fec);
  }
});

Deno.test("every call: an argument that cannot even be shown has a code like any other", () => {
  for (const odd of [Symbol("odd"), Object.create(null), () => {}, { toString: null }, 1n] as never[]) {
    const { rig, socket } = bench();
    fails("WSAEAFNOSUPPORT", () => rig.endpoint.socket(odd, SOCK_RDM, IPPROTO_RM));
    fails("WSAESOCKTNOSUPPORT", () => rig.endpoint.socket(AF_INET, odd, IPPROTO_RM));
    fails("WSAEPROTONOSUPPORT", () => rig.endpoint.socket(AF_INET, SOCK_RDM, odd));
    fails("WSAEFAULT", () => socket.bind(odd, 0));
    fails("WSAEFAULT", () => socket.bind("0.0.0.0", odd));
    socket.bind("0.0.0.0", 0);
    fails("WSAENOPROTOOPT", () => socket.setsockopt(odd, rm.RM_LATEJOIN, 1));
    fails("WSAENOPROTOOPT", () => socket.getsockopt(0, IPPROTO_RM, odd));
    for (const [option] of VALUES.filter(([option]) => option !== rm.RM_RATE_WINDOW_SIZE)) {
      fails("WSAEFAULT", () => set(socket, option, odd), `${option}`);
    }
    fails("WSAEFAULT", () => set(socket, rm.RM_RATE_WINDOW_SIZE, { RateKbitsPerSec: odd }));
    fails("WSAEFAULT", () => socket.connect(0, odd, 7500));
    fails("WSAEFAULT", () => socket.connect(0, GROUP, odd));
    fails("WSAEOPNOTSUPP", () => socket.ioctlsocket(odd, 1));
    fails("WSAEFAULT", () => socket.ioctlsocket(FIONBIO, odd));
    socket.connect(0, GROUP, 7500);
    fails("WSAEFAULT", () => socket.send(0, odd));
    fails("WSAEFAULT", () => socket.shutdown(0, odd));
    works({ rig, socket });
  }
});

Deno.test("setsockopt: values that fit and are out of range: WSAEINVAL, and the old value stays", () => {
  const cases: [option: number, good: unknown[], bad: unknown[]][] = [
    [rm.RM_SENDER_WINDOW_ADVANCE_METHOD, [1], [0, rm.E_WINDOW_USE_AS_DATA_CACHE, 3]],
    [rm.RM_LATEJOIN, [0, 1, 75], [76, 100, 0xffff_ffff]],
    [rm.RM_SEND_WINDOW_ADV_RATE, [1, 2, 49, 50], [0, 51, 100]],
    [rm.RM_SET_MCAST_TTL, [1, 255], [0, 256]],
    [rm.RM_SET_MESSAGE_BOUNDARY, [1, MAX_MESSAGE_BYTES], [0, MAX_MESSAGE_BYTES + 1, 0xffff_ffff]],
    // No field, nothing that is left of one, and three that contradict each other.
    [rm.RM_RATE_WINDOW_SIZE, [{ RateKbitsPerSec: 1 }, { WindowSizeInMSecs: 1000 }, { WindowSizeInBytes: 1000 }], [
      {},
      [],
      { RateKbitsPerSec: 0, WindowSizeInMSecs: 0, WindowSizeInBytes: 0 },
      { RateKbitsPerSec: 1, WindowSizeInMSecs: 7 },
      { RateKbitsPerSec: 80, WindowSizeInMSecs: 1000, WindowSizeInBytes: 11_000 },
    ]],
  ];
  for (const [option, good, bad] of cases) {
    const sender = bound();
    for (const value of good) {
      set(sender.socket, option, value);
      for (const wrong of bad) {
        refused(sender, "WSAEINVAL", () => set(sender.socket, option, wrong), `${option} ${JSON.stringify(wrong)}`);
      }
    }
    sender.socket.connect(0, GROUP, 7500);
  }
  const sender = bound();
  for (const address of ["10.0.0.2", "0.0.0.0", "127.0.0.1", GROUP]) {
    refused(sender, "WSAEADDRNOTAVAIL", () => set(sender.socket, rm.RM_SET_SEND_IF, address), address);
  }
});

Deno.test("setsockopt: RM_RATE_WINDOW_SIZE: one field alone goes with what was set before", () => {
  const { socket } = bound();
  set(socket, rm.RM_RATE_WINDOW_SIZE, { RateKbitsPerSec: 1000, WindowSizeInBytes: 1_000_000 });
  const shown = () => Object.values(get(socket, rm.RM_RATE_WINDOW_SIZE) as object);
  assertEquals(shown(), [1000, 8000, 1_000_000]);
  set(socket, rm.RM_RATE_WINDOW_SIZE, { RateKbitsPerSec: 2000 });
  assertEquals(shown(), [2000, 4000, 1_000_000]);
  set(socket, rm.RM_RATE_WINDOW_SIZE, { WindowSizeInMSecs: 2000 });
  assertEquals(shown(), [2000, 2000, 500_000]);
});
