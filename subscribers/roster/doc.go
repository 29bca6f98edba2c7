// Package roster is the operator's side of the mailing list: adding, listing,
// importing and exporting subscribers. Nobody is subscribed silently: people who
// are added are pending until they confirm, unless the operator says how they
// agreed. It leaves the rows to the store.
//
// Lists to import are read by package listfile. Nobody who left becomes active by
// one: whoever a list calls unsubscribed, bounced or complained is stored as that and
// never mailed; where the list has an address twice, such a row wins, the gravest
// first; and an address that is active or pending here leaves with it. Otherwise an
// address that is on our list already is not changed by any row. What a list says of
// somebody and is not understood makes nobody active either; nor does a list that has a
// column which could be an answer, and which nobody has said what it is.
//
// An export is such a list. Imported into another installation, as confirmed, it
// gives the same people with the same states, frequencies and times, but with new
// tokens: the links in mails of before lead nowhere. Who was pending is asked
// again, and has the full time to confirm.
package roster
