/**
 * The PGM codec (RFC 3208, sections 8 and 9). Read `packet_view.ts` for packets that come in, `encode.ts` for those
 * that go out, `values.ts` for what both of them speak.
 *
 * @module
 */

export * from "./checksum.ts";
export * from "./constants.ts";
export * from "./describe.ts";
export * from "./encode.ts";
export * from "./packet_view.ts";
export * from "./values.ts";
