// Package dispatch publishes issues and mails them, as an editor or operator
// decides: it checks an issue a last time, publishes it, hands it to a worker or
// delivers it itself, pauses and resumes one issue, holds all sending back and
// releases it, and mails a test.
//
// It joins the desk (which issue, and whether its picks are still there), package
// deliver (one issue to its readers) and the workers of package work (who delivers
// where several processes could). Package duty calls it when a moment has come.
package dispatch
