package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"

	"postbag/digest"
	"postbag/digest/health"
	"postbag/digest/site"
)

// healthCmd asks a running serve on this machine whether it is well; a container
// without a shell or curl is checked with it.
type healthCmd struct{}

// Run fails unless the process answers, and says that it can read and store.
func (healthCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	host, port, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return digest.Fail(digest.Invalid, "For example localhost:8080.", "--listen %q is not HOST:PORT", s.Listen)
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1" // a bare container cannot look names up
	}
	defer p.warnOfOverdue(ctx, s)
	for _, page := range []site.Page{site.Health, site.Ready} {
		if err := askHealth(ctx, s, "http://"+net.JoinHostPort(host, port)+string(page), page); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(p.Stdout, "Postbag is well at %s.\n", s.Listen)
	return err
}

// askHealth asks one of the two pages, which answers within seconds.
func askHealth(ctx context.Context, s *Settings, url string, page site.Page) error {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		if errors.Is(err, syscall.ECONNREFUSED) {
			err = errors.New("nothing listens there")
		}
		return digest.Fail(digest.Unavailable, "Is postbag serve running there, with the same --listen?", "no answer from %s: %w", s.Listen, err)
	}
	answer.Body.Close()
	switch {
	case answer.StatusCode == http.StatusOK:
		return nil
	case page == site.Ready && answer.StatusCode == http.StatusServiceUnavailable:
		return digest.Fail(digest.Unavailable, "Look at the database and its disk; the log of postbag serve says more.",
			"postbag serve runs at %s and cannot read or store anything: its database is away, locked, full or takes no writes", s.Listen)
	}
	return digest.Fail(digest.Unavailable, "Look at the log of postbag serve.", "it answers %s", answer.Status)
}

// warnOfOverdue says what should have gone out and waits for a worker. It is no fault of
// the pages that were asked, and so changes no exit status: whoever runs these again
// would take them away from readers.
func (p *Program) warnOfOverdue(ctx context.Context, s *Settings) {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	db, err := p.look(ctx, s.DB)
	if digest.KindOf(err) == digest.NotFound {
		return // this command was told of no database
	}
	if err != nil {
		p.complain(err)
		return
	}
	defer db.Close() // it was only read
	st, err := health.Health{Store: db, Clock: p.Clock}.Status(ctx)
	if err != nil {
		p.complain(err)
		return
	}
	for _, issue := range st.Overdue {
		p.complain(digest.Fail(digest.Unavailable, "", "no worker runs on the database: issue %d should have gone out at %s UTC", issue.Number, when(issue.DueAt)).
			Offer(digest.Act{Do: digest.StartServe}, digest.Act{Do: digest.SendIssue, Issue: issue.Number}))
	}
}
