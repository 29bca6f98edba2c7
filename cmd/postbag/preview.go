package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/compile"
	"postbag/digest/disk"
	"postbag/digest/markup"
	"postbag/digest/publish"
	"postbag/digest/pull"
	"postbag/digest/suggest"
	"postbag/subscribers"
	"postbag/templates"
)

// previewCmd makes an issue of any known blog as files, without a database.
type previewCmd struct {
	URL   string `arg:"" help:"Any address of the blog."`
	Out   string `help:"The folder to write into." default:"preview" placeholder:"DIR" type:"path"`
	Limit int    `help:"At most so many picks." default:"20"`
}

// Run pulls the blog, takes the suggested picks and writes feed.atom,
// issue.html, issue.txt and issue.eml.
func (c previewCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	if c.Limit < 1 {
		return digest.Fail(digest.Invalid, "20 is the default.", "--limit must be at least 1")
	}
	if err := pull.CheckAddress(c.URL, pull.AddOptions{}); err != nil {
		return err
	}
	base, err := s.web()
	if err != nil {
		return err
	}
	fetcher, err := p.fetcher(s, base)
	if err != nil {
		return err
	}
	defer fetcher.Close()
	b := p.bar("pulling", -1)
	puller := pull.New(pull.Options{
		Fetcher: fetcher, ToProse: markup.FromHTML, Clock: p.Clock,
		Progress: func(at pull.Progress) { b.set(at.Entries) },
	})
	blog, err := puller.Preview(ctx, c.URL)
	b.done()
	if err != nil {
		return theirs(err)
	}
	for _, n := range blog.Notices {
		fmt.Fprintf(p.Stdout, "%s.\n", printable(sentence(n)))
	}
	now := p.Clock.Now()
	frozen, err := previewIssue(blog, c.Limit, base, now)
	if err != nil {
		return err
	}
	files, err := previewFiles(ctx, frozen, base, s, now)
	if err != nil {
		return err
	}
	if err := writeAll(c.Out, files); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.Stdout, "%s of %q: %s from %s under %s, %s.\nWritten to %s: feed.atom, issue.html, issue.txt, issue.eml\n",
		frozen.Title, printable(blog.Source.Name), plural(frozen.Picks, "pick"), plural(len(blog.Comments), "comment"), plural(len(blog.Posts), "post"),
		templates.ReadingTime(frozen.Minutes), c.Out)
	return err
}

// previewIssue drafts, picks the suggested and freezes, all in memory.
func previewIssue(blog pull.Previewed, limit int, base string, now time.Time) (*digest.Frozen, error) {
	series := firstSeries(now)
	candidates := compile.FirstCandidates(blog.Posts, blog.Comments, now)
	byID := map[int64]digest.Candidate{}
	for _, x := range compile.Candidates(blog.Posts, blog.Comments) {
		byID[x.ID] = x
	}
	issue := digest.Issue{Number: series.NextNumber, Title: series.TitleOf(series.NextNumber), State: digest.Draft, OpenedAt: now, DueAt: now}
	for _, id := range previewPicks(candidates, blog.Posts, limit) {
		issue.Blocks = append(issue.Blocks, digest.Block{Kind: digest.PickBlock, CommentID: id, PickedHash: byID[id].Hash})
	}
	if len(issue.Blocks) == 0 {
		return nil, digest.Fail(digest.NotFound, "Try again when readers have written some.", "%q has no comments to pick", blog.Source.Name)
	}
	return compile.Freeze(compile.Input{
		Issue: issue, Series: series, Comments: byID, Date: now,
		Publication: digest.Publication{
			Name: blog.Source.Name, Language: blog.Source.Language, HomeURL: blog.Source.URL,
			TagAuthority: compile.MintTagAuthority(base, now, blog.Source.Name),
		},
	})
}

// previewPicks gives what the rules suggest; where they suggest nothing, as on a
// small blog, the comments as they stand.
func previewPicks(candidates []digest.Candidate, posts []digest.Post, limit int) []int64 {
	var ids []int64
	for _, chosen := range suggest.Top(suggest.Rules{Posts: posts}.Suggest(candidates), limit) {
		ids = append(ids, chosen.CommentID)
	}
	if len(ids) > 0 {
		return ids
	}
	for _, c := range candidates[:min(limit, len(candidates))] {
		ids = append(ids, c.ID)
	}
	return ids
}

// previewFiles renders the issue as a reader would get it.
func previewFiles(ctx context.Context, frozen *digest.Frozen, base string, s *Settings, now time.Time) (map[string][]byte, error) {
	set, err := templates.New()
	if err != nil {
		return nil, err
	}
	postage, err := s.mail()
	if err != nil {
		return nil, err
	}
	mailing, err := newMailing(set, postage, base, frozen, subscribers.Mailing{IssueID: 1, Begun: now, Domain: postage.from.Domain}, nil)
	if err != nil {
		return nil, err
	}
	reader := subscribers.Delivery{SubscriberID: 1, Email: "reader@reader.invalid", Token: subscribers.NewToken()}
	eml, err := mailing.compose(reader)
	if err != nil {
		return nil, err
	}
	issue := digest.Issue{Number: frozen.Number, State: digest.Published, Title: frozen.Title, PublishedAt: now, UpdatedAt: now, Frozen: frozen}
	feed, page, err := publish.Preview(ctx, set, base, issue)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{"feed.atom": feed, "issue.html": withStyle(set, page), "issue.txt": []byte(strings.ReplaceAll(mailing.text.Text, templates.TokenMark, reader.Token)), "issue.eml": eml}, nil
}

var stylesheetLink = regexp.MustCompile(`<link rel="stylesheet" href="[^"]*/([^/"]+)">`)

// withStyle puts a page's stylesheet into it, for it is opened as a file and
// nothing serves its address.
func withStyle(set *templates.Set, page []byte) []byte {
	return stylesheetLink.ReplaceAllFunc(page, func(link []byte) []byte {
		sheet, ok := set.Asset(string(stylesheetLink.FindSubmatch(link)[1]))
		if !ok {
			return link
		}
		return slices.Concat([]byte("<style>\n"), sheet.Body, []byte("</style>"))
	})
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
