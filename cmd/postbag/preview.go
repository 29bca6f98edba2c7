package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"postbag/digest"
	"postbag/digest/check"
	"postbag/digest/desk"
	"postbag/digest/disk"
	"postbag/digest/publish"
	"postbag/digest/pull"
	"postbag/digest/pull/discover"
	"postbag/digest/pull/poll"
	"postbag/subscribers"
	"postbag/templates"
)

// previewCmd makes an issue of any known blog as files, without a database.
type previewCmd struct {
	URL   string `arg:"" help:"Any address of the blog."`
	Out   string `help:"The folder to write into." default:"preview" placeholder:"DIR" type:"path"`
	Limit int    `help:"At most so many picks." default:"20"`
}

// Run pulls the blog into a database of its own that is thrown away, takes the
// suggested picks and writes feed.atom, issue.html, issue.txt and issue.eml.
func (c previewCmd) Run(ctx context.Context, p *Program, s *Settings) (err error) {
	if c.Limit < 1 {
		return digest.Fail(digest.Invalid, "20 is the default.", "--limit must be at least 1")
	}
	if err := discover.CheckAddress(c.URL, discover.Options{}); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "postbag-preview-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	own := *s
	own.DB = filepath.Join(dir, "postbag.db")
	own.SMTP = "outbox:" + dir // nothing is mailed, and nothing that mailing needs is asked for
	return p.begin(ctx, &own, func(a *app) error { return c.write(ctx, a) })
}

func (c previewCmd) write(ctx context.Context, a *app) error {
	src, err := c.pull(ctx, a)
	if err != nil {
		return err
	}
	frozen, err := c.issue(ctx, a, src)
	if err != nil {
		return err
	}
	files, err := previewFiles(ctx, frozen, a)
	if err != nil {
		return err
	}
	if err := writeAll(c.Out, files); err != nil {
		return err
	}
	stored, err := a.read.CountSource(ctx, src.ID)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.p.Stdout, "%s of %q: %s from %s under %s, %s.\nWritten to %s: feed.atom, issue.html, issue.txt, issue.eml\n",
		frozen.Title, printable(src.Name), plural(frozen.Picks, "pick"), plural(stored.Comments, "comment"), plural(stored.Posts, "post"),
		templates.ReadingTime(frozen.Minutes), c.Out)
	return err
}

// pull brings the blog into the database and says what it could not have.
func (c previewCmd) pull(ctx context.Context, a *app) (digest.Source, error) {
	b := a.p.bar("pulling", -1)
	defer b.done()
	tools := a.pulling(nil, func(at pull.Progress) { b.set(at.Entries) })
	found, err := discover.New(tools).Add(ctx, a.p.by(), c.URL, firstSeries(a.p.Clock.Now()), discover.Options{})
	if err != nil {
		return digest.Source{}, theirs(err)
	}
	report, err := poll.New(tools).Pull(ctx, a.p.by(), found.Source.ID, poll.Options{})
	b.done()
	if err != nil {
		return digest.Source{}, theirs(err)
	}
	for _, n := range append(found.Notices, report.Notices...) {
		fmt.Fprintln(a.p.Stdout, sentence(noticeLine(n)))
	}
	return found.Source, nil
}

// issue makes the first issue of what the rules suggest; where they suggest
// nothing, as on a small blog, of the comments as they stand.
func (c previewCmd) issue(ctx context.Context, a *app, src digest.Source) (*digest.Frozen, error) {
	draft, _, err := a.desk.Draft(ctx, a.p.by(), "")
	if err != nil {
		return nil, err
	}
	_, _, err = a.desk.PickSuggested(ctx, a.p.by(), desk.Ref{}, c.Limit)
	if err != nil && digest.KindOf(err) == digest.Conflict {
		err = c.asTheyStand(ctx, a, src, draft)
	}
	if err != nil {
		return nil, err
	}
	frozen, err := a.desk.Preview(ctx, desk.Ref{})
	if err == nil {
		frozen.Date = a.p.Clock.Now()
	}
	return frozen, err
}

// asTheyStand picks the first comments of a draft.
func (c previewCmd) asTheyStand(ctx context.Context, a *app, src digest.Source, draft digest.Issue) error {
	candidates, err := a.desk.Candidates(ctx, draft)
	if err != nil {
		return err
	}
	var ids []int64
	for _, x := range candidates[:min(c.Limit, len(candidates))] {
		ids = append(ids, x.ID)
	}
	if len(ids) == 0 {
		return digest.Fail(digest.NotFound, "Try again when readers have written some.", "%q has no comments to pick", src.Name)
	}
	_, _, err = a.desk.Pick(ctx, a.p.by(), desk.Ref{}, ids...)
	return err
}

// previewFiles renders the issue as a reader would get it.
func previewFiles(ctx context.Context, frozen *digest.Frozen, a *app) (map[string][]byte, error) {
	settings, err := a.settings.mail()
	if err != nil {
		return nil, err
	}
	mailing, err := a.writer(settings).Issue(frozen, subscribers.Mailing{IssueID: 1, Begun: frozen.Date, Domain: settings.from.Domain}, nil, false)
	if err != nil {
		return nil, err
	}
	reader := subscribers.Delivery{SubscriberID: 1, Email: "reader@reader.invalid", Token: subscribers.TestToken}
	eml, err := mailing.For(reader)
	if err != nil {
		return nil, err
	}
	issue := digest.Issue{Number: frozen.Number, State: digest.Published, Title: frozen.Title, PublishedAt: frozen.Date, UpdatedAt: frozen.Date, Frozen: frozen}
	feed, page, err := publish.Preview(a.set, a.site.Base, issue)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{"feed.atom": feed, "issue.html": check.Styled(a.set, page), "issue.txt": []byte(mailing.Text(reader.Token)), "issue.eml": eml}, nil
}

// writeAll writes files into a folder, each whole or not at all.
func writeAll(dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return digest.Fail(digest.Unavailable, "Choose a folder that can be written with --out.", "the folder cannot be made: %w", err)
	}
	var failed []error
	for name, content := range files {
		_, err := disk.WriteFile(filepath.Join(dir, name), true, func(w io.Writer) error {
			_, err := w.Write(content)
			return err
		})
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}
