package keeping

import (
	"context"
	"fmt"

	"postbag/digest/site"
	"postbag/subscribers/bounce"
	"postbag/subscribers/report"
	"postbag/templates/screen"
)

// mostReturned bounds what is shown of what came back.
const mostReturned = 50

// returned lists what came back, for the page of a reader or of an issue.
func (a *Area) returned(ctx context.Context, c clock, f bounce.Filter) (rows []screen.ReturnedRow, err error) {
	f.Limit = mostReturned
	all, err := a.Bounces.Events(ctx, f)
	for _, e := range all {
		row := screen.ReturnedRow{When: c.at(e.At), Sentence: e.Sentence(), Words: e.Words}
		if f.SubscriberID == 0 {
			row.Email, row.Address = e.Email, a.Site().Path(site.ReaderPage, e.SubscriberID)
		}
		if f.IssueID == 0 {
			row.Issue = e.Title
		}
		rows = append(rows, row)
	}
	return rows, err
}

// returnedFacts counts what came back of an issue, as far as it says something of its
// readers or of the sender.
func returnedFacts(counts map[report.Kind]int) (facts []screen.Fact) {
	for _, f := range []struct {
		kind report.Kind
		name string
	}{
		{report.Hard, "Addresses that take no mail any more"}, {report.Soft, "Given up for a reason that may pass"},
		{report.Policy, "Refused for what the mail is or where it came from"}, {report.Complaint, "Readers who called it spam"},
	} {
		if n := counts[f.kind]; n > 0 {
			facts = append(facts, screen.Fact{Name: f.name, Value: fmt.Sprint(n)})
		}
	}
	return facts
}
