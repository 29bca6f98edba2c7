// Package store keeps everything in a database: one type, [DB], joins what the
// packages below it keep and so provides what the stages and use cases ask for in
// their own Store interfaces.
//
//	database     the handle, the two kinds of database, transactions, the schema
//	duties       recurring work, who is at it and when it is due next
//	publication  the installation's own settings, its series, the hold on sending
//	blog         sources and feeds, posts, comments and their earlier texts
//	pages        storing a page of entries that was pulled or imported
//	issues       issues, their rows and revisions, candidates
//	list         subscribers, sign-ups, confirmations
//	ledger       deliveries
//	index        the search
//	status       how the installation is
//	transfer     backup and restore
//
// Each imports only those above it. An exported method is one transaction; a
// function that takes a [database.Tx] is part of its caller's, so that the packages
// compose. Listings are bounded: a limit of zero or less means
// [database.DefaultLimit] unless the method says otherwise.
//
// The rules of the domain's state machines are asked in the same transaction that
// makes a move; a move they do not allow is an error of kind Conflict.
package store
