package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/mmcdole/gofeed"

	"postbag/digest"
	"postbag/digest/site"
)

// demoTitle is the title of the demo's issue.
const demoTitle = "Pick of the Week 1"

// demoNext is the number of the issue that the editor reads for next.
const demoNext = 2

// checks is the summary table of a demo that verifies itself.
type checks struct {
	table          *tabwriter.Writer
	passed, failed int
}

// same records a comparison.
func (c *checks) same(what string, want, got any) {
	c.add(what, fmt.Sprint(want), fmt.Sprint(got), fmt.Sprint(want) == fmt.Sprint(got))
}

// that records a condition.
func (c *checks) that(what string, ok bool, got any) { c.add(what, "yes", fmt.Sprint(got), ok) }

func (c *checks) add(what, want, got string, ok bool) {
	verdict := "ok"
	if ok {
		c.passed++
	} else {
		c.failed++
		verdict = "WRONG"
	}
	fmt.Fprintf(c.table, "%s\t%s\t%s\t%s\n", what, want, cell(got, 60), verdict)
}

// check verifies every product of the job and prints what it found.
func (d *demo) check(ctx context.Context) error {
	c := checks{table: tabwriter.NewWriter(d.p.Stdout, 0, 4, 2, ' ', 0)}
	fmt.Fprintln(c.table, "\nCHECK\tEXPECTED\tFOUND\t")
	for _, part := range []func(context.Context, *checks) error{
		d.checkStored, d.checkAgain, d.checkPages, d.checkFeed, d.checkMails, d.checkLeaving, d.checkDesk,
	} {
		if err := part(ctx, &c); err != nil {
			return err
		}
	}
	if err := c.table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(d.p.Stdout, "\n%d passed, %d failed\n", c.passed, c.failed)
	if c.failed > 0 {
		return digest.Fail(digest.Internal, "The table above says what differs.", "%s failed", plural(c.failed, "check"))
	}
	return nil
}

// checkDesk signs in by the link, as a browser does, and walks through the next issue's
// screens, the pages around it and the settings.
func (d *demo) checkDesk(ctx context.Context, c *checks) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	browser := &http.Client{Jar: jar, Timeout: 20 * time.Second}
	ask := func(method, address string) (status int, at string, err error) {
		r, err := http.NewRequestWithContext(ctx, method, address, nil)
		if err != nil {
			return 0, "", err
		}
		response, err := browser.Do(r)
		if err != nil {
			return 0, "", err
		}
		defer response.Body.Close()
		_, err = io.Copy(io.Discard, io.LimitReader(response.Body, 10<<20))
		return response.StatusCode, response.Request.URL.Path, err
	}
	type visit struct {
		what, method, address, at string
		status                    int
	}
	home := d.site().URL(site.DeskHome)
	visits := []visit{
		{"the desk asks who is there", http.MethodGet, home, site.Site{}.Path(site.SignIn), http.StatusOK},
		{"the link has a button", http.MethodGet, d.link, "", http.StatusOK},
		{"which opens the desk", http.MethodPost, d.link, site.Site{}.Path(site.DeskHome), http.StatusOK},
		{"the desk's first page", http.MethodGet, home, site.Site{}.Path(site.DeskHome), http.StatusOK},
	}
	for _, screen := range []site.Page{
		site.ReadScreen, site.ArrangeScreen, site.CheckScreen, site.SendScreen,
		site.IssuesList, site.SourcesList, site.ReadersList, site.SettingsPage, site.SuggestPage, site.SystemPage, site.AuditPage, site.Account,
	} {
		var number []any
		if strings.Contains(string(screen), "{issue}") {
			number = append(number, demoNext)
		}
		visits = append(visits, visit{"desk: " + site.Site{}.Path(screen, number...), http.MethodGet, d.site().URL(screen, number...), site.Site{}.Path(screen, number...), http.StatusOK})
	}
	visits = append(visits, visit{"the link works once", http.MethodPost, d.link, "", http.StatusConflict})
	for _, v := range visits {
		status, at, err := ask(v.method, v.address)
		if err != nil {
			return err
		}
		c.that(v.what, status == v.status && (v.at == "" || at == v.at), fmt.Sprint(status, " ", at))
	}
	return nil
}

// output runs a command and gives what it prints.
func (d *demo) output(ctx context.Context, args ...string) (string, error) {
	var out strings.Builder
	program := d.command(args...)
	program.Stdout = &out
	if err := program.Run(ctx); err != nil {
		return "", fmt.Errorf("postbag %s: %w", strings.Join(args, " "), err)
	}
	return out.String(), nil
}

// list runs a listing command and reads its JSON.
func (d *demo) list(ctx context.Context, into any, args ...string) error {
	out, err := d.output(ctx, append(args, "--json")...)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(out), into)
}

func (d *demo) checkStored(ctx context.Context, c *checks) error {
	var posts []postRow
	var comments []commentRow
	if err := d.list(ctx, &posts, "post", "list"); err != nil {
		return err
	}
	if err := d.list(ctx, &comments, "comment", "list", "--limit", "1000"); err != nil {
		return err
	}
	replies, gone, loose := 0, 0, 0
	for _, x := range comments {
		if x.ParentID != 0 {
			replies++
		}
		if x.State == digest.CommentGone {
			gone++
		}
		if x.PostID == 0 {
			loose++
		}
	}
	want := d.blog.Stats()
	c.same("posts stored", want.Posts, len(posts))
	c.same("comments stored", want.Comments, len(comments))
	c.same("replies tied to their parents", want.Replies, replies)
	c.same("removed comments marked gone", want.Removed, gone)
	c.same("comments without a post", 0, loose)
	return nil
}

// checkAgain pulls once more by force and looks for changed rows.
func (d *demo) checkAgain(ctx context.Context, c *checks) error {
	out, err := d.output(ctx, "pull", "--force")
	if err != nil {
		return err
	}
	c.that("a second pull stores nothing", strings.Contains(out, "0 posts and 0 comments new, 0 changed, 0 gone"), out)
	return nil
}

func (d *demo) checkPages(ctx context.Context, c *checks) error {
	for _, path := range []site.Page{site.Home, site.Archive, site.Page(site.Issue.With(1))} {
		page, err := d.get(ctx, path)
		if err != nil {
			return err
		}
		c.that("page "+string(path), page.status == http.StatusOK && strings.Contains(page.body, demoTitle), fmt.Sprintf("%d, %d bytes", page.status, len(page.body)))
	}
	return nil
}

func (d *demo) checkFeed(ctx context.Context, c *checks) error {
	answer, err := d.get(ctx, site.Feed)
	if err != nil {
		return err
	}
	feed, err := gofeed.NewParser().ParseString(answer.body)
	if err != nil {
		c.that("feed parses", false, err)
		return nil
	}
	c.same("feed entries", 1, len(feed.Items))
	if len(feed.Items) == 1 {
		c.same("feed entry title", demoTitle, feed.Items[0].Title)
		picks := strings.Count(feed.Items[0].Content, "<blockquote ")
		c.that("feed entry holds the picks", picks >= 20, picks)
	}
	return nil
}

func (d *demo) checkMails(ctx context.Context, c *checks) error {
	mails, err := readOutbox(d.outbox())
	if err != nil {
		return err
	}
	ids := map[string]bool{}
	issues := 0
	for _, m := range mails {
		if m.subject != demoTitle {
			continue
		}
		issues++
		ids[m.header.Get("Message-ID")] = true
		c.that("mail to "+m.to, m.text != "" && m.html != "" &&
			m.header.Get("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click" &&
			strings.Contains(m.header.Get("List-Unsubscribe"), d.site().URL(site.Unsubscribe, "")) &&
			m.header.Get("List-Id") != "" && m.header.Get("Date") != "", fmt.Sprintf("%d bytes", m.size))
	}
	c.same("mails of the issue", len(demoReaders), issues)
	c.same("different Message-IDs", len(demoReaders), len(ids))
	return nil
}

// checkLeaving unsubscribes one reader as a mail program does (RFC 8058, 3.1),
// twice.
func (d *demo) checkLeaving(ctx context.Context, c *checks) error {
	mails, err := readOutbox(d.outbox())
	if err != nil {
		return err
	}
	leaver := demoReaders[0]
	for _, m := range mails {
		if m.to != leaver || m.subject != demoTitle {
			continue
		}
		link, _, _ := strings.Cut(strings.TrimPrefix(m.header.Get("List-Unsubscribe"), "<"), ">")
		for range 2 {
			answer, err := d.request(ctx, http.MethodPost, link, url.Values{"List-Unsubscribe": {"One-Click"}})
			if err != nil {
				return err
			}
			c.same("one-click unsubscribe answers", http.StatusOK, answer.status)
		}
	}
	var people []subscriberRow
	if err := d.list(ctx, &people, "subscriber", "list"); err != nil {
		return err
	}
	for _, s := range people {
		want := "active"
		if s.Email == leaver {
			want = "unsubscribed"
		}
		c.same(s.Email+" is", want, s.State)
	}
	return nil
}
