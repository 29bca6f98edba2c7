package keeping

import (
	"context"
	"fmt"
	"strings"

	"postbag/digest/desk"
	"postbag/digest/site"
	"postbag/templates/screen"
)

// byQuery asks the page of a past issue for sums of its mails, which take all of them to
// be read: "domain".
const byQuery = "by"

// byDomainAt gives the address of the page with the sums.
func (a *Area) byDomainAt(series string, number int) string {
	address, joint := a.Site().Desk(site.PastIssue, series, number), "?"
	if strings.Contains(address, "?") {
		joint = "&"
	}
	return address + joint + byQuery + "=domain#domains"
}

// domains sums up an issue's mails by receiving domain.
func (a *Area) domains(ctx context.Context, ref desk.Ref) (rows []screen.DomainRow, err error) {
	_, sums, err := a.Sender.ByDomain(ctx, ref)
	for _, s := range sums {
		row := screen.DomainRow{Domain: s.Domain, Mails: s.Mails, Sent: s.Sent, Deferred: s.Deferred, Refused: s.Refused, Doubtful: s.Doubt,
			Waiting: s.Waiting, Left: s.Left, Withdrawn: s.Withdrawn, Bounced: s.Bounced, Complained: s.Complained}
		if s.Domain == "" {
			row.Domain = "All others"
		}
		if s.Times > 0 {
			row.Words = fmt.Sprintf("%d × ", s.Times)
			if s.Code != 0 {
				row.Words += fmt.Sprintf("%d ", s.Code)
			}
			row.Words += s.Words
		}
		rows = append(rows, row)
	}
	return rows, err
}
