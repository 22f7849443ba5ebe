/**
 * Returns the lists of the first 0, 1, ... items, which all lists share: for results that vary in length and are written again and again,
 * because an array that gets another length is allocated anew.
 */
export function prefixesOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  return Array.from({ length: items.length + 1 }, (_, length) => items.slice(0, length));
}
