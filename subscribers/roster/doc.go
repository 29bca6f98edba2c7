// Package roster is the operator's side of the mailing list: adding, listing,
// importing and exporting subscribers. Nobody is subscribed silently: people who
// are added are pending until they confirm, unless the operator says how they
// agreed. It leaves the rows to the store.
package roster
