/**
 * A module that fails while it is loaded.
 *
 * @module
 */

throw new RangeError("no luck today\nnor tomorrow");
