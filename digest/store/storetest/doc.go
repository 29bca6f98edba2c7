// Package storetest holds the contract of package store as one suite of tests,
// to be run against every database that the store can use. It goes through the
// store's methods alone. [Postgres] finds an empty PostgreSQL database for a test,
// and a [Door] takes its server away.
package storetest
