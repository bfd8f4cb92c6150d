/** Lists of columns as addresses have them: keys with commas between, and one that holds a comma in backticks. */

export function joinKeys(keys) {
  return keys.map((key) => (key.includes(",") ? `\`${key}\`` : key)).join(",");
}

/** The keys of such a list. */
export function splitKeys(text) {
  const parts = text.match(/(?:`[^`]*`|[^,`])+/g) ?? [];
  return parts.map((part) => part.replaceAll("`", "").trim()).filter(Boolean);
}
