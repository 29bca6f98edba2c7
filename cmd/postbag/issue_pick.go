package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
)

// ifVersion guards what a command does to rows that somebody looked at before.
type ifVersion struct {
	Version int64 `name:"if-version" help:"Do nothing unless the issue is still at this version, which issue show tells." placeholder:"N"`
}

// draft gives the draft that a command changes, and a reference to it as it stands
// now: should somebody change it before the command does, nothing is done.
func (v ifVersion) draft(ctx context.Context, a *app, ref desk.Ref) (digest.Issue, desk.Ref, error) {
	ref.Version = v.Version
	issue, err := a.desk.DraftAt(ctx, ref)
	ref.Number, ref.Version = issue.Number, issue.Version
	return issue, ref, err
}

// edit changes a draft as it stands now, and prints what was done.
func (v ifVersion) edit(ctx context.Context, p *Program, s *Settings, ref desk.Ref, do func(a *app, issue digest.Issue, at desk.Ref) (desk.Saved, error)) error {
	return p.with(ctx, s, func(a *app) error {
		issue, at, err := v.draft(ctx, a, ref)
		if err != nil {
			return err
		}
		saved, err := do(a, issue, at)
		if err != nil {
			return err
		}
		if saved.Words != "" {
			fmt.Fprintf(p.Stdout, "%s.\n", printable(sentence(saved.Words)))
		}
		_, err = fmt.Fprintf(p.Stdout, "Saved. %s has %s, %d of them picks.\n", cell(saved.Title, 150), plural(len(saved.Blocks), "row"), saved.Picks())
		return err
	})
}

// blockAt gives the block in a row, counted from 1.
func blockAt(issue digest.Issue, row int) (digest.Block, error) {
	if row >= 1 && row <= len(issue.Blocks) {
		return issue.Blocks[row-1], nil
	}
	hint := fmt.Sprintf("It has rows 1 to %d.", len(issue.Blocks))
	if len(issue.Blocks) == 0 {
		hint = "It has no rows yet; pick some comments first."
	}
	return digest.Block{}, digest.Fail(digest.NotFound, hint, "issue %d has no row %d", issue.Number, row).
		Offer(digest.Act{Do: digest.ShowIssue, Issue: issue.Number})
}

type issuePickCmd struct {
	whichFlag
	Comments  []string `arg:"" optional:"" help:"Comment ids and ranges of them, such as 12 15-18, in the order they should stand."`
	At        int      `help:"Where they go: a position; else the end." placeholder:"POSITION" xor:"place"`
	Before    int64    `help:"The same by the id of the row that they go above; issue show --json tells it." placeholder:"BLOCK" xor:"place"`
	Suggested bool     `help:"Pick what the rules suggest."`
	Limit     *int     `help:"With --suggested: at most so many; 20 unless set." placeholder:"N"`
}

// suggestedUnlessSet is how many suggestions are picked at most.
const suggestedUnlessSet = 20

// check tells what of the command does not fit together.
func (c issuePickCmd) check() (ids []int64, err error) {
	if c.Suggested == (len(c.Comments) > 0) {
		return nil, digest.Fail(digest.Invalid, "For example: postbag issue pick 12 15, or: postbag issue pick --suggested", "name comments to pick, or --suggested")
	}
	if c.Suggested && (c.At != 0 || c.Before != 0) {
		return nil, digest.Fail(digest.Invalid, "Name the comments that go there.", "what is suggested goes to the end")
	}
	if c.Limit != nil && (!c.Suggested || *c.Limit < 1) {
		return nil, digest.Fail(digest.Invalid, "20 is the default.", "--limit goes with --suggested, and must be at least 1")
	}
	return parseIDs(c.Comments)
}

// Run picks comments.
func (c issuePickCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	ids, err := c.check()
	if err != nil {
		return err
	}
	return p.with(ctx, s, func(a *app) error {
		if c.Suggested {
			limit := suggestedUnlessSet
			if c.Limit != nil {
				limit = *c.Limit
			}
			chosen, saved, err := a.desk.PickSuggested(ctx, p.by(), c.ref(), limit)
			if err != nil {
				return err
			}
			if err := printSuggestions(p, false, chosen); err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.Stdout, "Picked %s; %s has %d.\n", plural(len(chosen), "comment"), saved.Title, saved.Picks())
			return err
		}
		at, before := c.ref(), c.Before
		if c.At != 0 || before != 0 {
			issue, now, err := (ifVersion{}).draft(ctx, a, at)
			if err != nil {
				return err
			}
			if at = now; c.At != 0 {
				if before, err = beforeAt(issue, c.At); err != nil {
					return err
				}
			}
		}
		added, saved, err := a.desk.PickAt(ctx, p.by(), at, before, ids...)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.Stdout, "Picked %s; %s has %d.\n", plural(added, "comment"), saved.Title, saved.Picks())
		if again := len(distinct(ids)) - added; again > 0 {
			fmt.Fprintf(p.Stdout, "%s in it already.\n", counted(again, "comment was", "comments were"))
		}
		used, err := a.desk.UsedBefore(ctx, saved.Issue, ids)
		for _, id := range ids {
			if used[id] != 0 {
				fmt.Fprintf(p.Stdout, "Comment %d was in issue %d already.\n", id, used[id])
			}
		}
		return err
	})
}

// parseIDs reads "12" and "15-18" as 12, 15, 16, 17, 18.
func parseIDs(words []string) (ids []int64, err error) {
	const most = 1000
	for _, word := range words {
		for _, part := range strings.Split(word, ",") {
			from, to, isRange := strings.Cut(part, "-")
			first, err := strconv.ParseInt(from, 10, 64)
			last := first
			if err == nil && isRange {
				last, err = strconv.ParseInt(to, 10, 64)
			}
			if err != nil || first < 1 || last < first {
				return nil, digest.Fail(digest.Invalid, "For example 12 or 15-18.", "%q is no comment's id and no range of them", part)
			}
			if last-first >= most || len(ids) >= most {
				return nil, digest.Fail(digest.Invalid, "Name fewer.", "more than %d comments are named", most)
			}
			for id := first; id <= last; id++ {
				ids = append(ids, id)
			}
		}
	}
	return ids, nil
}

// distinct gives ids once each.
func distinct(ids []int64) []int64 {
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}

type issueUnpickCmd struct {
	whichFlag
	ifVersion
	Comments []string `arg:"" help:"Comment ids and ranges of them, such as 12 15-18."`
}

// Run takes comments out.
func (c issueUnpickCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	ids, err := parseIDs(c.Comments)
	if err != nil {
		return err
	}
	return c.edit(ctx, p, s, c.ref(), func(a *app, _ digest.Issue, at desk.Ref) (desk.Saved, error) {
		return a.desk.Unpick(ctx, p.by(), at, ids...)
	})
}

type issueMoveCmd struct {
	whichFlag
	ifVersion
	Block  int64 `help:"Move the row with this id, which stays when rows move; then only the position is given." placeholder:"ID"`
	Places []int `arg:"" name:"position" help:"The row to move, as issue show counts, and the position where it goes."`
}

// row is the row that is moved, 0 where its id names it, and the position where it
// goes.
func (c issueMoveCmd) row() (row, position int, err error) {
	switch {
	case c.Block != 0 && len(c.Places) == 1:
		return 0, c.Places[0], nil
	case c.Block != 0:
		return 0, 0, digest.Fail(digest.Invalid, "For example: postbag issue move --block 34 1", "with --block only the position is given")
	case len(c.Places) != 2:
		return 0, 0, digest.Fail(digest.Invalid, "For example: postbag issue move 3 1", "give the row and the position where it goes")
	}
	return c.Places[0], c.Places[1], nil
}

// Run moves a row.
func (c issueMoveCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	row, position, err := c.row()
	if err != nil {
		return err
	}
	return c.edit(ctx, p, s, c.ref(), func(a *app, issue digest.Issue, at desk.Ref) (desk.Saved, error) {
		block := c.Block
		if block == 0 {
			b, err := blockAt(issue, row)
			if err != nil {
				return desk.Saved{}, err
			}
			block = b.ID
		}
		return a.desk.MoveTo(ctx, p.by(), at, block, position)
	})
}

type issueOrderCmd struct {
	which
	ifVersion
	Thread bool `help:"Bring the picks of one thread together, each answer below what it answers." xor:"how" required:""`
	Blog   bool `help:"By post, the newest first, then by thread: the order of reading." xor:"how" required:""`
}

// Run puts the picks in order.
func (c issueOrderCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	how := desk.ByThread
	if c.Blog {
		how = desk.ByBlog
	}
	return c.edit(ctx, p, s, c.ref(), func(a *app, _ digest.Issue, at desk.Ref) (desk.Saved, error) {
		return a.desk.Reorder(ctx, p.by(), at, how)
	})
}

type issueTogetherCmd struct {
	whichFlag
	ifVersion
	Row int `arg:"" help:"The row of an answer, as issue show counts."`
}

// Run puts an answer below the pick that it answers.
func (c issueTogetherCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return c.edit(ctx, p, s, c.ref(), func(a *app, issue digest.Issue, at desk.Ref) (desk.Saved, error) {
		block, err := blockAt(issue, c.Row)
		if err != nil {
			return desk.Saved{}, err
		}
		return a.desk.KeepTogether(ctx, p.by(), at, block.ID)
	})
}

type issueUndoCmd struct {
	which
	ifVersion
}

// Run takes the last edit back.
func (c issueUndoCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return c.edit(ctx, p, s, c.ref(), func(a *app, _ digest.Issue, at desk.Ref) (desk.Saved, error) {
		return a.desk.Undo(ctx, p.by(), at)
	})
}

type issueHistoryCmd struct {
	which
	listing
	Limit int `help:"At most so many." default:"50"`
}

type revisionRow struct {
	Version int64            `json:"version"`
	At      stamp            `json:"at"`
	Kind    digest.ActorKind `json:"by_kind"`
	By      string           `json:"by"`
	Did     digest.Change    `json:"did"`
	Words   string           `json:"words"`
	CanUndo bool             `json:"can_undo"`
}

// Run lists the changes of an issue.
func (c issueHistoryCmd) Run(ctx context.Context, p *Program, a *app) error {
	issue, history, err := a.desk.History(ctx, c.ref(), c.Limit)
	if err != nil {
		return err
	}
	rows := rowsOf(history, func(r digest.Revision) revisionRow {
		return revisionRow{Version: r.Version, At: stamp(r.At), Kind: r.By.Kind, By: r.By.Name, Did: r.Did, Words: r.Words, CanUndo: r.Before != nil}
	})
	none := fmt.Sprintf("Nothing is known of how issue %d was made.", issue.Number)
	return printList(p, c.JSON, rows, none, "VERSION\tWHEN (UTC)\tWHO\tWHAT", func(r revisionRow) string {
		who := digest.Actor{Kind: r.Kind, Name: r.By}.String()
		return strings.Join([]string{fmt.Sprint(r.Version), when(time.Time(r.At)), cell(who, 30), cell(r.Words, 100)}, "\t")
	})
}
