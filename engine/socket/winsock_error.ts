/**
 * How calls of the socket API fail: with the codes of Windows Sockets, by name and number.
 *
 * @module
 */

/** The codes that this API gives, with the numbers of Windows. */
export const WSA = {
  /** A call that waited was ended because its socket was closed. */
  WSA_OPERATION_ABORTED: 995,
  /** A value does not fit the structure that it is for, or has another type. */
  WSAEFAULT: 10014,
  /** The call does not fit the state of the socket, or a value is out of its range. */
  WSAEINVAL: 10022,
  /** Nothing to do now: try again when the socket is ready. */
  WSAEWOULDBLOCK: 10035,
  /** The socket is closed. */
  WSAENOTSOCK: 10038,
  /** A message is larger than the buffer: the rest comes with the next call. Or one is too large to be sent. */
  WSAEMSGSIZE: 10040,
  /** There is no such option, or it cannot be used that way. */
  WSAENOPROTOOPT: 10042,
  /** `socket` knows no such protocol. */
  WSAEPROTONOSUPPORT: 10043,
  /** `socket` knows no such type. */
  WSAESOCKTNOSUPPORT: 10044,
  /** Sockets of this role or type cannot do that. */
  WSAEOPNOTSUPP: 10045,
  /** `socket` knows no such address family. */
  WSAEAFNOSUPPORT: 10047,
  /** Another socket is bound to the group and port. */
  WSAEADDRINUSE: 10048,
  /** The address is not a group, or not one of the host's. */
  WSAEADDRNOTAVAIL: 10049,
  /** No interface is up. */
  WSAENETDOWN: 10050,
  /** The session broke: data is lost for good, or the interface is gone. */
  WSAECONNRESET: 10054,
  /** There is no room for another. */
  WSAENOBUFS: 10055,
  /** The socket is connected already. */
  WSAEISCONN: 10056,
  /** The socket has no session. */
  WSAENOTCONN: 10057,
  /** The socket was shut down. */
  WSAESHUTDOWN: 10058,
  /** The session ended gracefully, and everything was read. */
  WSAEDISCON: 10101,
} as const;

/** The name of a code. */
export type WsaName = keyof typeof WSA;

/**
 * A call that failed as Windows Sockets documents it. The socket is as usable as before the call.
 *
 * @example
 * ```ts
 * import { WinsockError } from "@pgmlab/pgmlab";
 *
 * const error = new WinsockError("WSAEWOULDBLOCK", "the send window is full");
 * if (error.code !== 10035 || `${error}` !== "WSAEWOULDBLOCK: the send window is full") throw error;
 * ```
 */
export class WinsockError extends Error {
  /** The number of the code. */
  readonly code: number;
  /** The name of the code: `WSAEWOULDBLOCK`. */
  override readonly name: WsaName;

  /** `message` says what was wrong, in one line. */
  constructor(name: WsaName, message: string) {
    super(message);
    this.name = name;
    this.code = WSA[name];
  }
}
