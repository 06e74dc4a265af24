/**
 * The option table of Windows Reliable Multicast, row by row: numbers, who may use what, and what values may be.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import * as rm from "../../../engine/socket/rm_options.ts";
import type { WsaName } from "../../../engine/socket/winsock_error.ts";
import { parseNla } from "../../../engine/mod.ts";
import { fails } from "../../support/winsock.ts";

const ANY = parseNla("0.0.0.0")!;
const ANY6 = parseNla("::")!;

/** Number over the base, name, role, get, set, whether it works at any time. */
const TABLE: [number, string, rm.RmRole, boolean, boolean, boolean][] = [
  [1, "RM_RATE_WINDOW_SIZE", "sender", true, true, false],
  [2, "RM_SET_MESSAGE_BOUNDARY", "sender", false, true, true],
  [4, "RM_SENDER_WINDOW_ADVANCE_METHOD", "sender", true, true, false],
  [5, "RM_SENDER_STATISTICS", "sender", true, false, true],
  [6, "RM_LATEJOIN", "sender", true, true, false],
  [7, "RM_SET_SEND_IF", "sender", true, true, false],
  [8, "RM_ADD_RECEIVE_IF", "receiver", false, true, false],
  [9, "RM_DEL_RECEIVE_IF", "receiver", false, true, false],
  [10, "RM_SEND_WINDOW_ADV_RATE", "sender", true, true, false],
  [11, "RM_USE_FEC", "sender", true, true, false],
  [12, "RM_SET_MCAST_TTL", "sender", false, true, false],
  [13, "RM_RECEIVER_STATISTICS", "receiver", true, false, true],
  [14, "RM_HIGH_SPEED_INTRANET_OPT", "receiver", true, true, false],
];

Deno.test("RM_OPTIONS: names and numbers of Windows", () => {
  const exported = new Map<string, unknown>(Object.entries(rm));
  for (const [number, name] of TABLE) assertEquals(exported.get(name), rm.RM_OPTIONSBASE + number, name);
  assertEquals(rm.RM_FLUSHCACHE, rm.RM_OPTIONSBASE + 3);
  assertEquals([...rm.RM_OPTIONS.keys()], TABLE.map(([number]) => 1000 + number));
  assertEquals([rm.AF_INET, rm.AF_INET6, rm.SOCK_STREAM, rm.SOCK_RDM, rm.IPPROTO_RM], [2, 23, 1, 4, 113]);
  assertEquals([rm.E_WINDOW_ADVANCE_BY_TIME, rm.E_WINDOW_USE_AS_DATA_CACHE], [1, 2]);
});

for (const [number, name, role, get, set, anyTime] of TABLE) {
  Deno.test(`checkOptionUse: ${name}: who may get it and set it, and when`, () => {
    const option = 1000 + number;
    const use = (how: Partial<rm.RmOptionUse>) => () =>
      rm.checkOptionUse({ level: rm.IPPROTO_RM, option, use: "get", role, late: false, ...how });
    const expect = (error: WsaName | undefined, call: () => void) => error === undefined ? call() : fails(error, call);
    const other = role === "sender" ? "receiver" : "sender";
    for (const late of [false, true]) {
      expect(get ? undefined : "WSAENOPROTOOPT", use({ use: "get", late }));
      expect(get ? "WSAEOPNOTSUPP" : "WSAENOPROTOOPT", use({ use: "get", late, role: other }));
      expect(set ? "WSAEOPNOTSUPP" : "WSAENOPROTOOPT", use({ use: "set", late, role: other }));
    }
    expect(set ? undefined : "WSAENOPROTOOPT", use({ use: "set" }));
    expect(!set ? "WSAENOPROTOOPT" : anyTime ? undefined : "WSAEINVAL", use({ use: "set", late: true }));
    fails("WSAENOPROTOOPT", use({ level: 0xffff }));
  });
}

Deno.test("checkOptionUse: RM_FLUSHCACHE fails, and so does what is no option", () => {
  for (const option of [rm.RM_FLUSHCACHE, rm.RM_OPTIONSBASE, 1015, -1, 1001.5, NaN]) {
    for (const use of ["get", "set"] as const) {
      const how = { level: rm.IPPROTO_RM, option, use, role: "sender", late: false } as const;
      fails("WSAENOPROTOOPT", () => rm.checkOptionUse(how), `${option}`);
    }
  }
});

Deno.test("checkNumber: both ends of the range, and what is no ULONG", () => {
  const range = { from: 1, to: 50 };
  for (const value of [1, 15, 50]) assertEquals(rm.checkNumber("percent", value, range), value);
  for (const value of [0, 51, 0xffff_ffff]) fails("WSAEINVAL", () => rm.checkNumber("percent", value, range));
  for (const value of [-1, 1.5, NaN, 0x1_0000_0000, "15", true, null, undefined, {}]) {
    fails("WSAEFAULT", () => rm.checkNumber("percent", value, range), `${value}`);
  }
});

Deno.test("checkAdvanceMethod: by time only", () => {
  assertEquals(rm.checkAdvanceMethod(rm.E_WINDOW_ADVANCE_BY_TIME), 1);
  for (const value of [rm.E_WINDOW_USE_AS_DATA_CACHE, 0, 3]) fails("WSAEINVAL", () => rm.checkAdvanceMethod(value));
  fails("WSAEFAULT", () => rm.checkAdvanceMethod("time"));
});

Deno.test("checkAddress: an address of the family, in any spelling", () => {
  assertEquals<string>(rm.checkAddress("address", "10.0.0.1", ANY), "10.0.0.1");
  assertEquals<string>(rm.checkAddress("address", "FE80:0::1", ANY6), "fe80::1");
  for (const value of ["10.0.0", "fe80::1", "", 7, undefined]) {
    fails("WSAEFAULT", () => rm.checkAddress("address", value, ANY), `${value}`);
  }
  fails("WSAEFAULT", () => rm.checkAddress("address", "10.0.0.1", ANY6));
});

Deno.test("checkFec: each rule of RM_FEC_INFO, on both sides", () => {
  const good = { FECBlockSize: 20, FECProActivePackets: 4, FECGroupSize: 16, fFECOnDemandParityEnabled: true };
  const accepted: Partial<rm.RmFecInfo>[] = [
    {},
    { FECBlockSize: 255 },
    { FECProActivePackets: 0 },
    { fFECOnDemandParityEnabled: false },
    { FECProActivePackets: 1, fFECOnDemandParityEnabled: false },
    { FECGroupSize: 2, FECBlockSize: 3, FECProActivePackets: 1 },
    { FECGroupSize: 128, FECBlockSize: 255 },
    { FECBlockSize: 17, FECProActivePackets: 1 },
  ];
  for (const change of accepted) assertEquals(rm.checkFec({ ...good, ...change }), { ...good, ...change });
  const refused: Partial<rm.RmFecInfo>[] = [
    { FECBlockSize: 256 },
    { FECBlockSize: 16 },
    { FECBlockSize: 16, FECProActivePackets: 0 },
    { FECBlockSize: 0 },
    { FECProActivePackets: 5 },
    { FECProActivePackets: 0, fFECOnDemandParityEnabled: false },
    { FECGroupSize: 0 },
    { FECGroupSize: 1 },
    { FECGroupSize: 12 },
    { FECGroupSize: 255, FECBlockSize: 255 },
  ];
  for (const change of refused) fails("WSAEINVAL", () => rm.checkFec({ ...good, ...change }), JSON.stringify(change));
  const misfits: object[] = [
    { FECBlockSize: 0x1_0000 },
    { FECGroupSize: 256 },
    { FECProActivePackets: -1 },
    { FECBlockSize: "20" },
    { fFECOnDemandParityEnabled: 1 },
    { FECGroupSize: undefined },
  ];
  for (const change of misfits) fails("WSAEFAULT", () => rm.checkFec({ ...good, ...change }), JSON.stringify(change));
  for (const value of [undefined, null, 20, "fec"]) fails("WSAEFAULT", () => rm.checkFec(value));
  fails("WSAEINVAL", () => rm.checkFec(rm.FEC_OFF));
});
