/** A name that leaves room for what it stands beside, as `short_name` of the server does: names differ at their end. */
export function shortName(name, most = 36) {
  return name.length <= most ? name : `…${name.slice(1 - most).replace(/^\.+/, "")}`;
}
