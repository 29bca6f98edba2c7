package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"postbag/digest"
)

// auditCmd lists who changed what.
type auditCmd struct {
	listing
	By     string `help:"Only what somebody did whose name or address contains this." placeholder:"TEXT"`
	Did    string `help:"Only this, such as source-added or signed-in." placeholder:"WHAT"`
	Since  string `help:"Only since this day or moment, in UTC: 2026-03-08 or 2026-03-08T18:00:00Z." placeholder:"TIME"`
	Before int64  `help:"Only rows with a smaller id: to page on." placeholder:"ID"`
	Limit  int    `help:"At most so many." default:"100"`
}

// auditRow is a row in a JSON listing.
type auditRow struct {
	ID    int64            `json:"id"`
	At    stamp            `json:"at"`
	Kind  digest.ActorKind `json:"by_kind"`
	By    string           `json:"by"`
	Did   digest.Doing     `json:"did"`
	On    string           `json:"on"`
	Words string           `json:"words"`
	Times int              `json:"times"`
	Last  stamp            `json:"last"`
	said  string
}

func (c auditCmd) filter() (f digest.AuditFilter, err error) {
	f = digest.AuditFilter{By: c.By, Did: digest.Doing(c.Did), Before: c.Before, Limit: c.Limit}
	if c.Did != "" && !slices.Contains(digest.Doings(), f.Did) {
		var all []string
		for _, d := range digest.Doings() {
			all = append(all, string(d))
		}
		slices.Sort(all)
		return f, digest.Fail(digest.Invalid, "There are "+strings.Join(all, ", ")+".", "--did: nothing is called %q", c.Did)
	}
	if c.Since == "" {
		return f, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if f.Since, err = time.Parse(layout, c.Since); err == nil {
			return f, nil
		}
	}
	return f, digest.Fail(digest.Invalid, "For example 2026-03-08, or 2026-03-08T18:00:00Z.", "--since: %q is no day and no moment", c.Since)
}

// Run lists it.
func (c auditCmd) Run(ctx context.Context, p *Program, a *app) error {
	f, err := c.filter()
	if err != nil {
		return err
	}
	all, err := a.accounts().Audit(ctx, f)
	if err != nil {
		return err
	}
	var rows []auditRow
	for _, x := range all {
		row := auditRow{ID: x.ID, At: stamp(x.At), Kind: x.By.Kind, By: x.By.Name, Did: x.Did, On: x.On, Words: x.Words, Times: x.Times, Last: stamp(x.Last)}
		row.said = strings.TrimPrefix(x.String(), x.By.String()+" ")
		if row.By == "" {
			row.By = x.By.String()
		}
		rows = append(rows, row)
	}
	p.more(len(rows), c.Limit)
	none := "Nothing was done yet."
	if c.By != "" || c.Did != "" || c.Since != "" || c.Before != 0 {
		none = "Nothing is like that."
	}
	return printList(p, c.JSON, rows, none, "WHEN\tWHO\tWHAT", func(r auditRow) string {
		return fmt.Sprintf("%s\t%s\t%s", when(time.Time(r.At)), cell(r.By, 40), cell(r.said, 100))
	})
}
