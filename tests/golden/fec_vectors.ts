/**
 * Parity that OpenPGM's codec made, from data whose packet i has the octet `(i * 29 + j * 7 + (j >> 4) * 3 + 1) & 0xff`
 * at j, 32 in all; and the rows of its generator matrix, re-derived independently. The code of k data packets does not
 * depend on how many parity packets are wanted, so one vector serves every n.
 *
 * @module
 */

/** The code of `k` data packets. */
export interface FecVector {
  readonly k: number;
  /** The first parity packets: the factor of each data packet, and 32 octets. */
  readonly parity: readonly (readonly [row: string, octets: string])[];
  /** A later parity packet. */
  readonly last: readonly [index: number, octets: string];
}

export const FEC_VECTORS: readonly FecVector[] = [
  {
    k: 2,
    parity: [
      [
        "0302",
        "3f52495c53eeedc8e77a01041b16b8ada3a0b8d7ead1d46b667560ff92899c93",
      ],
      [
        "0504",
        "7dbc838281adbadb9834cbdac9c8c8f9c7d0f635641b0a24252213bd7c434241",
      ],
    ],
    last: [1, "7dbc838281adbadb9834cbdac9c8c8f9c7d0f635641b0a24252213bd7c434241"],
  },
  {
    k: 4,
    parity: [
      [
        "7740380e",
        "f2e1156d27bed544003462d72ac025f942530d89776d059b0b0aff6123d7afe5",
      ],
      [
        "c7a70d6c",
        "1881c3792b643ba2ea3cce65f78624b139dc24ee6ad57fc308fdd6dc8bc97321",
      ],
      [
        "53026f3f",
        "1700e65a028690a23bc3a5ba4caa9c370d444f86b5a9058138616321af49f5ad",
      ],
      [
        "f17b8308",
        "91145cd2e559f1bbdb2273f00f98ae9d3264c28eaa44da1e773188252e66e8df",
      ],
    ],
    last: [3, "91145cd2e559f1bbdb2273f00f98ae9d3264c28eaa44da1e773188252e66e8df"],
  },
  {
    k: 8,
    parity: [
      [
        "8918d07d92a4f5fe",
        "3410f1275eb943dd269a6914380d697f6d0e4d8e245bf98854b5b49cc4c31e67",
      ],
      [
        "36f8d0ce2519fb16",
        "ef769cc7caa8e5cef7daa53a392209c8cc5f3278cb5f59d1d3362150b5282b26",
      ],
      [
        "5fcda3405048f69e",
        "1440f32bb3b7746769c6483dfe6564ac33f5508ea148be4e7c14f694835f1189",
      ],
      [
        "ed912490dc9057d2",
        "54cb5176a310d2ca5fdaae09800a61c821091b2fdd814a7d7ed0093c54fc13c6",
      ],
      [
        "807fef07e98d0c7e",
        "23d4eeb076c9c8bd3c5320c3bc80c0f657eda00f43c97edeb8a47f1865f2e224",
      ],
      [
        "d864cb9db986d90d",
        "3d21714e85ca777e9c47d53c953c2b31dd0985cd00c0bc6dc9bd35c4a537804b",
      ],
      [
        "73b81d9099fe7b5b",
        "a9ea10bc4d47e12b9962ca4648f262a2f2c0b491c79ca4f1f94e671b7e8b6c9d",
      ],
      [
        "4c3ba4e079c167ed",
        "68c0ed0ff0b4a67bdc258275888a344cd9711222a7f4e2bfb59498307c0708f7",
      ],
    ],
    last: [7, "68c0ed0ff0b4a67bdc258275888a344cd9711222a7f4e2bfb59498307c0708f7"],
  },
  {
    k: 16,
    parity: [
      [
        "c53b1f2d4faa83c2616977a6e25f373a",
        "2184bb33a8a4885681fdd30e1c57816c5964516e2cc3476e0af97ef4d6f1f7a6",
      ],
      [
        "7d17d71360a9a89dcda37db4ab286d1a",
        "f27f8035eeb16af6631cf2fee47f939005c3ce72b28c71f3f62d93e00f3b24a5",
      ],
      [
        "40243c124b6206d32eaef1c7a84eb453",
        "46f82ba2daaa1f557977d5769737abb70d29466a7e93135c73d3962f2e61cf29",
      ],
      [
        "c9bc7b2e6d0f652b4b149846588e015b",
        "6080413658f72ca6dd234715cb59f011c146be172e05825921c70d0be023a4a4",
      ],
      [
        "26791b1c131064169c1ebd769abc6423",
        "fe0462a3b9f3d6a02b468da9694ca0fecd31e4dcfb1aa9eee7c331f87b388926",
      ],
      [
        "f17e9fa5d814255a0986c1335c544b39",
        "cae209947025031e42a9fa23c3a58ca2dfde2e55c546e03ba0ff08580d3fd5c5",
      ],
      [
        "1b5ab3e439dd8e60f6700bf505773f28",
        "0e59147b154637b5ba6b4216b98806f73f69efb1cd75832541258414edc8e71f",
      ],
      [
        "f8f6650fb3e41cb5f338a92ba7e87ce1",
        "8fd8b0cc5842f04bd34a38f7ed1ca509a92505cd555dd562ca7917e76d77ad15",
      ],
    ],
    last: [238, "29fcd4603c3a741c70db92a5f0cdbe2b6008351968e097daf23892f963f86d1f"],
  },
  {
    k: 64,
    parity: [
      [
        "45f507e37805ae469b5beb1f9b4bcd6c67d7e480e46043d94c6fcc0f1fbd96c392763bb484fdf345a38b4741d276631b078955885396cd5ec74b388f0f35cac0",
        "0a353a840a782051bdc34b0b753b59f1ec99066b430cd6e9188f23fa07ca96c6",
      ],
      [
        "e8808fa15e9f405e5d5eb34304c23ccb795f0b705c8b778ffa17d8f8a79b0f1556dbdc31074ac75ea924bbcd9e9b44ec611db88f03e1e1effa9ebc98bb513814",
        "ff250bd4811bc990e32b5cb6146996cec18968d175be331b01194bae576ec81a",
      ],
      [
        "c518ecb28f1a2f514df5c32250f19d1f74f30ed9218fde2516e55c1469766c88b2a0a0b9b3bf2aea0ae721c60368748580076dca87f4be0d380fd9a254186283",
        "d1c122747d38d3e6c6959196d5ba68db205bbae3ca01993a31d537d48fda64f0",
      ],
      [
        "3709b610ec3a7845f32665d980e3e12d5bcba1808bcb5020383e769e0e4b0d3dc5ad216d01d69bd851700ee5cc1c1a582be12d8fcdfce4606a8b16956094a6ab",
        "6144e12c62b27ca18ef3b66a7273655777a38d4f8174d3b90109f11e50c09b2a",
      ],
      [
        "9f397f3012d12530c1d591405dc44d170aed3b9670dabe0a122e3b31bb93c34f232bda26cc093233cbb793306e22ada92e862b2b984552ffb42e1c66d2fb4c04",
        "60e67847db5f2292e0c64c7d86954ef6600f83c8d1e89fd0c9267949dfa7c8e9",
      ],
      [
        "96f325d4cd06532066b05eed166cd7e096715a0121edcbfd27b339074d75f1e83de6c7300c1fe23b85ddb68a5fabb3c1b530cf317afa5637c485ce1a5a06f46b",
        "5de6361a487ecce51728552662b12d922ac2b554caef579bab5fb7ee716f5c2f",
      ],
      [
        "93b9ff056b175cebbf85efd3720bb527d2185df92d1f8f5dec6a014a8a544f30639a3bca22cac1e7c4e40e02def8288fcd02cb13ad40236f47d9e51e699fd388",
        "5e79a148e8f3124f49682ae39a76e4fec4d4d18f5c49afa9196ff1b9e6460a62",
      ],
      [
        "bcf0267034f983f655db3e2c6d7e77f6d5ff083ae9402781ce2a9eaa89f34c10327193feb7e62deed512c63bbdcc10f11016459843b53cd52a4b5529b5437c09",
        "d4143122723e66fbdc166454eac95f0d6a26ae531c3d80225446000b617f8180",
      ],
    ],
    last: [7, "d4143122723e66fbdc166454eac95f0d6a26ae531c3d80225446000b617f8180"],
  },
];
