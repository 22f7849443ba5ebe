/** Where to ask: an InfluxDB of either kind. */
export interface QueryAddress {
  readonly url: string;
  readonly bucket: string;
  readonly api: 1 | 2;
  /** 1.x: `user:password`; 2.x: a token; '' for none. */
  readonly token: string;
}

export type Row = Readonly<Record<string, string | number | boolean | null>>;

interface QueryResponse {
  readonly results: readonly {
    readonly error?: string;
    readonly series?: readonly {
      readonly columns: readonly string[];
      readonly values: readonly (readonly (string | number | boolean | null)[])[];
    }[];
  }[];
}

/** Returns the rows of an InfluxQL query, times as RFC 3339 with nanoseconds: what the server really holds. */
export async function queryRows(address: QueryAddress, query: string): Promise<Row[]> {
  const parameters = new URLSearchParams({ db: address.bucket, q: query });
  const response = await fetch(`${address.url}/query?${parameters}`, { headers: login(address) });
  const answer = (await response.json()) as QueryResponse;
  const [result] = answer.results;
  if (result?.error !== undefined) throw new Error(`querying: ${result.error}`);
  return (result?.series ?? []).flatMap(({ columns, values }) =>
    values.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null]))),
  );
}

function login({ api, token }: QueryAddress): Record<string, string> {
  if (token === '') return {};
  return {
    authorization: api === 2 ? `Token ${token}` : `Basic ${Buffer.from(token).toString('base64')}`,
  };
}
