/**
 * Numbers of Windows Sockets that calls take and give.
 *
 * @module
 */

/** `shutdown`: of receiving. */
export const SD_RECEIVE = 0;
/** `shutdown`: of sending. */
export const SD_SEND = 1;
/** `shutdown`: of both. */
export const SD_BOTH = 2;
/** {@link PgmSocket.wsaRecv}: the message has more octets than the buffer took. */
export const MSG_PARTIAL = 0x8000;
/** `ioctlsocket`: whether calls fail rather than wait. */
export const FIONBIO = 0x8004_667e;
