package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/suggest"
)

const (
	// automaticAge is how old a comment must be to be sent without anybody having looked
	// at it: so long its writer and the blog can take it back.
	automaticAge = 12 * time.Hour
	// automaticPicks is how many comments an issue is made of by itself.
	automaticPicks = 20
	// automaticHeading stands above what nobody chose.
	automaticHeading = "Chosen automatically from this week's comments"
	// automaticPosts is how many posts are listed where no words are sent.
	automaticPosts = 100
)

// Passed is what became of a draft whose moment passed without approval.
type Passed struct {
	Issue digest.Issue
	// Sent tells that it was approved by the series' rule, to go out at once.
	Sent bool
	// Why says why it was not, in words, where the rule would have sent it.
	Why string
}

// AtDeadline does what the series' rule says with a draft whose moment has passed. What
// cannot go out, or must not, waits for the series' next moment with all that is in it:
// so does an issue whose approval somebody took back, and with late set any issue. Each
// is done at most once, by the issue's state and version.
func (d *Desk) AtDeadline(ctx context.Context, by digest.Actor, ref Ref, late bool) (p Passed, err error) {
	issue, series, err := d.draft(ctx, ref)
	if err != nil {
		return p, err
	}
	p.Issue = issue
	if issue.DueAt.After(d.clock.Now()) {
		return p, nil // somebody gave it another moment just now
	}
	if series.Deadline != digest.Hold {
		if p.Why, err = d.mayNotSend(ctx, issue, late); err != nil {
			return p, err
		}
		if p.Why == "" {
			sent, err := d.sendUnapproved(ctx, by, issue, series)
			switch {
			case err == nil:
				return Passed{Issue: sent, Sent: true}, nil
			case digest.KindOf(err) != digest.Conflict && digest.KindOf(err) != digest.Invalid:
				return p, err
			}
			p.Why = strings.ReplaceAll(err.Error(), "\n", "; ")
		}
	}
	p.Issue, err = d.Postpone(ctx, by, Ref{Series: ref.Series, Number: issue.Number})
	return p, err
}

// mayNotSend says why no rule sends a draft.
func (d *Desk) mayNotSend(ctx context.Context, issue digest.Issue, late bool) (why string, err error) {
	if late {
		return "its moment passed too long ago", nil
	}
	history, err := d.store.Revisions(ctx, issue.ID, revisionsLookedAt)
	if i := slices.IndexFunc(history, func(r digest.Revision) bool { return r.Did == digest.Reopened }); i >= 0 {
		return "its approval was taken back: " + history[i].String(), err
	}
	return "", err
}

// sendUnapproved approves a draft by its series' rule. The error is of kind Conflict or
// Invalid when it cannot go out.
func (d *Desk) sendUnapproved(ctx context.Context, by digest.Actor, issue digest.Issue, series digest.Series) (digest.Issue, error) {
	switch series.Deadline {
	case digest.SendPicked:
		if n := max(series.AtLeast, 1); issue.Picks() < n {
			return issue, digest.Fail(digest.Conflict, "", "%d of the %d picks that it needs are in it", issue.Picks(), n)
		}
		return d.approveDue(ctx, by, issue, series, When{due: true})
	case digest.SendSuggested:
		return d.sendSuggested(ctx, by, issue, series)
	case digest.SendPosts:
		return d.sendPosts(ctx, by, issue, series)
	}
	return issue, digest.Fail(digest.Conflict, "", "the series has no rule %q", series.Deadline)
}

// approveDue asks the blogs once more and approves a draft for its own moment.
func (d *Desk) approveDue(ctx context.Context, by digest.Actor, issue digest.Issue, series digest.Series, when When) (digest.Issue, error) {
	if _, err := d.Recheck(ctx, issue); err != nil {
		return issue, err
	}
	err := d.approve(ctx, by, &issue, series, when)
	return issue, err
}

// sendSuggested fills a draft with what is suggested, below what an editor picked, as far
// as the mail has room, and approves it. Where that cannot be, nothing of it stays.
func (d *Desk) sendSuggested(ctx context.Context, by digest.Actor, issue digest.Issue, series digest.Series) (digest.Issue, error) {
	chosen, err := d.automatic(ctx, issue)
	if err != nil {
		return issue, err
	}
	if len(chosen) == 0 && issue.Picks() == 0 {
		return issue, digest.Fail(digest.Conflict, "", "no comment is suggested that could go out unseen")
	}
	if len(chosen) == 0 {
		return d.approveDue(ctx, by, issue, series, When{due: true})
	}
	own := len(issue.Blocks)
	full := issue
	full.Blocks = append(slices.Clone(issue.Blocks), digest.Block{Kind: digest.HeadingBlock, Text: automaticHeading})
	for _, c := range chosen {
		full.Blocks = append(full.Blocks, digest.Block{Kind: digest.PickBlock, CommentID: c.ID, PickedHash: c.Hash})
	}
	if full.Blocks, err = d.cutToSize(ctx, full, series, own+2); err != nil {
		return issue, err
	}
	// The blogs are asked before anything is stored; what they took back is left out.
	if _, err := d.Recheck(ctx, full); err != nil {
		return issue, err
	}
	gone, err := d.comments(ctx, full.Picked())
	if err != nil {
		return issue, err
	}
	kept := full.Blocks[:own+1]
	for _, b := range full.Blocks[own+1:] {
		if c := gone[b.CommentID]; b.Kind != digest.PickBlock || !c.Gone && c.Hash == b.PickedHash {
			kept = append(kept, b)
		}
	}
	full.Blocks = kept
	if full.Picks() == issue.Picks() {
		return issue, digest.Fail(digest.Conflict, "", "no comment that was suggested is still on the blog")
	}
	rev := digest.Revision{At: d.clock.Now(), By: by, Did: digest.Edited, Words: fmt.Sprintf("picked %d suggested comments, because nobody had approved it", full.Picks()-issue.Picks())}
	// It is tried before it is stored, so that a draft that cannot go out stays as it was.
	in, err := d.input(ctx, full, series)
	if err != nil {
		return issue, err
	}
	if err := d.freezes(in); err != nil {
		return issue, err
	}
	if err := d.store.SaveDraft(ctx, &full, rev); err != nil {
		return issue, err
	}
	return full, d.approve(ctx, by, &full, series, When{due: true})
}

// automatic gives the best of the suggested comments that may go out unseen: those that are old
// enough to have been taken back, and in which nobody of the watch list is named.
func (d *Desk) automatic(ctx context.Context, issue digest.Issue) (all []Suggested, err error) {
	pub, err := d.store.Publication(ctx)
	if err != nil {
		return nil, err
	}
	const suggestedLookedAt = 10 * automaticPicks
	found, err := d.suggestions(ctx, issue, suggestedLookedAt, suggest.Best)
	if err != nil {
		return nil, err
	}
	before := d.clock.Now().Add(-automaticAge)
	for _, c := range found {
		text := c.Author + "\n" + c.Body.Text()
		isWatched := slices.ContainsFunc(pub.Watched(), func(name string) bool { return digest.ContainsName(text, name) })
		if len(all) < automaticPicks && !c.Gone && !isWatched && !c.Published.After(before) && !c.FirstSeen.After(before) {
			all = append(all, c)
		}
	}
	return ReadingOrder(all), nil
}

// cutToSize takes picks off the end of an issue, but for the first ones, until its mail
// has room for them, and says so.
func (d *Desk) cutToSize(ctx context.Context, issue digest.Issue, series digest.Series, least int) ([]digest.Block, error) {
	const note = "More was suggested than a mail has room for."
	rows := issue.Blocks
	for cut := false; ; cut = true {
		issue.Blocks = rows
		if cut {
			issue.Blocks = append(slices.Clone(rows), digest.Block{Kind: digest.TextBlock, Text: note})
		}
		in, err := d.input(ctx, issue, series)
		if err != nil {
			return nil, err
		}
		f, err := d.sketch(in)
		if err != nil {
			return nil, err
		}
		size, err := d.MailSize(f)
		if err != nil || size <= TooLargeMail || len(rows) <= least {
			return issue.Blocks, err
		}
		rows = rows[:len(rows)-1]
	}
}

// sendPosts sends the titles of the posts and the numbers of their new comments, and no
// words of readers. What an editor had picked goes on to the next draft.
func (d *Desk) sendPosts(ctx context.Context, by digest.Actor, issue digest.Issue, series digest.Series) (digest.Issue, error) {
	candidates, err := d.Candidates(ctx, issue)
	if err != nil {
		return issue, err
	}
	text := postsInWords(candidates)
	if text == "" {
		return issue, digest.Fail(digest.Conflict, "", "nobody has commented on a post")
	}
	picked := issue.Picked()
	list := issue
	list.Blocks, list.MailEnds = []digest.Block{{Kind: digest.TextBlock, Text: text}}, 0
	rev := digest.Revision{At: d.clock.Now(), By: by, Did: digest.Edited, Words: "listed the posts alone, because nobody had approved it"}
	if err := d.store.SaveDraft(ctx, &list, rev); err != nil {
		return issue, err
	}
	if err := d.approve(ctx, by, &list, series, When{due: true, noWords: true}); err != nil || len(picked) == 0 {
		return list, err
	}
	next, err := d.after(ctx, list)
	if err == nil && next.ID == 0 {
		next, _, err = d.open(ctx, by, series)
	}
	if err != nil {
		return list, err
	}
	_, _, err = d.Pick(ctx, by, Ref{Series: series.Slug, Number: next.Number}, picked...)
	if digest.KindOf(err) == digest.Conflict {
		err = nil // one was removed from the blog: they are offered, and can be picked
	}
	return list, err
}

// postsInWords lists posts with how many comments each has among some, in Markdown.
func postsInWords(candidates []digest.Candidate) string {
	type post struct {
		title, url string
		n          int
	}
	var posts []*post
	byID := map[int64]*post{}
	for _, c := range candidates {
		if c.PostID == 0 || c.PostURL == "" {
			continue
		}
		p := byID[c.PostID]
		if p == nil {
			p = &post{title: c.PostTitle, url: c.PostURL}
			byID[c.PostID] = p
			posts = append(posts, p)
		}
		p.n++
	}
	if len(posts) > automaticPosts {
		posts = posts[:automaticPosts]
	}
	var b strings.Builder
	for _, p := range posts {
		if p.title == "" {
			p.title = p.url
		}
		unit := "new comments"
		if p.n == 1 {
			unit = "new comment"
		}
		fmt.Fprintf(&b, "- [%s](<%s>): %d %s\n", markdownText.Replace(oneLine(p.title)), strings.NewReplacer("<", "%3C", ">", "%3E", " ", "%20").Replace(p.url), p.n, unit)
	}
	return b.String()
}

// markdownText writes what Markdown would read as something else.
var markdownText = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, "&", `\&`, "!", `\!`, "~", `\~`)
