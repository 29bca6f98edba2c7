package storetest

import (
	"time"

	"postbag/digest"
	"postbag/digest/dispatch"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// hold holds sending from a moment on.
func (b *bench) hold(at time.Time) {
	b.Helper()
	b.equal("held", must(b.Hold(b.ctx(), Tester, "for the test", at)), true)
}

// release lets sending go on.
func (b *bench) release(unsent dispatch.Unsent, at time.Time) dispatch.Held {
	b.Helper()
	was := must(b.Release(b.ctx(), tester, unsent, at))
	return was
}

var heldTests = []test{
	{"a new installation is not held", func(b *bench) {
		b.equal("held", must(b.Held(b.ctx(), now)), dispatch.Held{})
		b.equal("released", b.release(dispatch.NotAsked, now), dispatch.Held{})
	}},
	{"while sending is held nothing is published, begun or claimed", func(b *bench) {
		under := b.sending(3)
		claimed := b.exchange(under, 1, now)[0]
		waiting := b.published()
		draft := b.draft(start)
		b.hold(now)
		b.approve(&draft, now)
		b.wantKind(b.MoveIssue(b.ctx(), tester, draft.ID, digest.Published, now, digest.AsSeen{}), digest.Conflict)
		_, err := b.Begin(b.ctx(), subscribers.Mailing{IssueID: waiting.ID, Begun: now, Domain: "news.example"}, false)
		b.wantKind(err, digest.Conflict)
		b.equal("what to do", len(digest.ActsOf(err)) > 0, true)
		b.wantKind(b.SetDue(b.ctx(), tester, waiting.ID, now, digest.OverrodeNothing, digest.AsSeen{}), digest.Conflict)
		b.must(b.SetIssueState(b.ctx(), tester, under.ID, digest.Paused, digest.Pause{Cause: digest.PauseByHand}, now, digest.AsSeen{}))
		b.wantKind(b.SetIssueState(b.ctx(), tester, under.ID, digest.Sending, digest.Pause{}, now, digest.AsSeen{}), digest.Conflict)
		b.equal("claimed", len(b.exchange(under, 5, now, result(claimed, subscribers.Delivered, now))), 0)
		b.equal("what was on the wire", b.counted(under)[subscribers.Delivered], 1)
		b.move(waiting, digest.Withdrawn, now)
	}},
	{"while sending is held nothing of an issue under way is claimed", func(b *bench) {
		issue := b.sending(3)
		b.hold(now)
		b.equal("claimed", len(b.exchange(issue, 5, now)), 0)
		b.release(dispatch.SendUnsent, now)
		b.equal("claimed then", len(b.exchange(issue, 5, now)), 3)
	}},
	{"a hold keeps its moment and its reason", func(b *bench) {
		b.hold(now)
		b.equal("held again", must(b.Hold(b.ctx(), Tester, "again", now.Add(time.Hour))), false)
		b.equal("held", must(b.Held(b.ctx(), now)), dispatch.Held{Since: now, Reason: "for the test", By: Tester.Name})
		b.equal("released", b.release(dispatch.NotAsked, now).Since, now)
		b.equal("since", must(b.HeldSince(b.ctx())), time.Time{})
	}},
	{"who signs up during a hold is asked, who did before is not", func(b *bench) {
		b.source("nightbus")
		b.ask(b.request("before@list.example", start))
		b.hold(after(time.Minute))
		b.ask(b.request("since@list.example", after(2*time.Minute)))
		asked := b.letters(after(3 * time.Minute))
		b.equal("mails", len(asked), 1)
		b.equal("to", asked[0].Email, "since@list.example")
		b.wantKind(errOf(b.Release(b.ctx(), tester, dispatch.NotAsked, after(3*time.Minute))), digest.Conflict)
		was := b.release(dispatch.LeaveUncertain, after(3*time.Minute))
		b.equal("waited", was.Letters, 1)
		b.equal("mails then", len(b.letters(after(4*time.Minute))), 0)
		b.equal("the other is still there", len(b.letters(after(time.Hour))), 1)
	}},
	{"a release goes on with what waits when told so", func(b *bench) {
		b.source("nightbus")
		b.ask(b.request("before@list.example", start))
		b.hold(after(time.Minute))
		b.release(dispatch.SendUnsent, after(time.Minute))
		b.equal("mails", len(b.letters(after(2*time.Minute))), 1)
	}},
	{"a release leaves what may have gone on elsewhere to a person", func(b *bench) {
		under := b.sending(4)
		claimed := b.exchange(under, 2, now)
		later := result(claimed[1], subscribers.Deferred, now)
		later.NextTry = now.Add(time.Hour)
		b.exchange(under, 0, now, later)
		waiting := b.published()
		b.must(b.SetDue(b.ctx(), tester, waiting.ID, now, digest.OverrodeNothing, digest.AsSeen{}))
		// Its moment is to come, and another's editor may have sent it before.
		future := b.draft(start)
		b.approve(&future, start)
		b.must(b.SetDue(b.ctx(), tester, future.ID, now.Add(24*time.Hour), digest.OverrodeNothing, digest.AsSeen{}))
		b.hold(now)
		at := now.Add(time.Minute)
		here := b.draft(start)
		b.approve(&here, at) // nobody else knows of that
		held := must(b.Held(b.ctx(), at))
		b.equal("unsure", []any{len(held.Unsure), held.Unsure[0].ID, held.Unsure[0].Counts.Open(), held.Unsure[1].ID, held.Unsure[2].ID},
			[]any{3, under.ID, 4, waiting.ID, future.ID})
		_, err := b.Release(b.ctx(), tester, dispatch.NotAsked, at)
		b.wantKind(err, digest.Conflict)
		b.equal("acts", len(digest.ActsOf(err)), 2)
		b.release(dispatch.LeaveUncertain, at)
		b.equal("the rows", b.counted(under), subscribers.Counts{subscribers.Uncertain: 4})
		b.exchange(under, 0, at, result(claimed[0], subscribers.Delivered, at))
		b.equal("an answer still counts", b.counted(under)[subscribers.Delivered], 1)
		b.equal("it is finished", must(b.Finish(b.ctx(), under.ID, at)), true)
		for _, c := range []struct {
			issue digest.Issue
			due   time.Time
		}{{waiting, time.Time{}}, {future, time.Time{}}, {here, here.DueAt}} {
			b.equal("its moment", must(b.Issue(b.ctx(), c.issue.SeriesID, c.issue.Number)).DueAt, c.due)
		}
		b.must(b.SetDue(b.ctx(), tester, waiting.ID, at, digest.OverrodeNothing, digest.AsSeen{}))
	}},
	{"a hold tells what is on the wire", func(b *bench) {
		issue := b.sending(3)
		claimed := b.exchange(issue, 2, now)
		b.hold(now)
		b.equal("on the wire", must(b.OnTheWire(b.ctx())), 2)
		b.exchange(issue, 0, now, []deliver.Result{result(claimed[0], subscribers.Delivered, now), result(claimed[1], subscribers.Queued, now)}...)
		b.equal("then", must(b.OnTheWire(b.ctx())), 0)
	}},
}
