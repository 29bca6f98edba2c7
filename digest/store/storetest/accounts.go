package storetest

import (
	"strings"
	"sync"
	"time"

	"postbag/digest"
	"postbag/digest/account"
	"postbag/digest/desk"
	"postbag/digest/dispatch"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// wide is limits that no test reaches.
var wide = account.Limits{PerNetwork: 1000, PerAccountNetwork: 1000, PerAccount: 1000, MailsPerNetwork: 1000}

// editor adds an editor.
func (b *bench) editor(email string, role digest.Role) digest.Editor {
	b.Helper()
	return must(b.AddEditor(b.ctx(), tester, account.Account{
		Editor: digest.Editor{Email: email, Name: "Ines", Role: role, CreatedAt: start}, Key: email, Handle: []byte("handle of " + email), Password: "a hash",
	}))
}

// signedIn begins a session.
func (b *bench) signedIn(e digest.Editor, token string) {
	b.Helper()
	now := time.Now()
	b.must(b.AddSession(b.ctx(), token, account.Session{EditorID: e.ID, Via: account.ByPassword, Agent: "Firefox", Network: "192.0.2.0/24", Began: now, Seen: now, Expires: now.Add(time.Hour)}))
}

func (b *bench) isSignedIn(token string) bool {
	b.Helper()
	_, found, err := b.Session(b.ctx(), token, time.Now(), time.Now().Add(-account.SessionLife))
	b.must(err)
	return found
}

// did lists what the audit list says was done, the latest first.
func (b *bench) did(f digest.AuditFilter) (all []string) {
	b.Helper()
	for _, a := range must(b.Audit(b.ctx(), f)) {
		all = append(all, a.String())
	}
	return all
}

// fillEditors adds an editor with all that one can have.
func (b *bench) fillEditors() {
	e := b.editor("ines@desk.example", digest.OwnerRole)
	b.must(b.AddPasskey(b.ctx(), tester, account.Passkey{EditorID: e.ID, Name: "Phone", CredentialID: []byte{0, 1, 2}, Credential: "{}", Created: start}))
	b.must(b.AddEntrance(b.ctx(), tester, b.token(), account.Entrance{Kind: account.SignInLink, EditorID: e.ID, Email: e.Email, Key: e.Email, By: "tester", Created: start, Expires: after(time.Hour)}))
	id, _, err := b.BeginAttempt(b.ctx(), account.Attempt{Kind: account.PasswordAttempt, Key: e.Email, Network: "192.0.2.0/24", Limits: wide})
	b.must(err)
	b.must(b.PassAttempt(b.ctx(), id, e.ID, account.ByPassword))
	b.signedIn(e, "a token")
}

var accountTests = []test{
	{"an address has one account, and somebody stays an owner", func(b *bench) {
		ann := b.editor("ann@desk.example", digest.OwnerRole)
		bo := b.editor("bo@desk.example", digest.EditorRole)
		_, err := b.AddEditor(b.ctx(), tester, account.Account{Editor: digest.Editor{Email: "Ann@desk.example", Role: digest.EditorRole}, Key: "ann@desk.example", Handle: []byte("x")})
		b.wantKind(err, digest.Conflict)
		editor, owner := digest.EditorRole, digest.OwnerRole
		b.wantKind(b.ChangeEditor(b.ctx(), tester, ann.ID, account.EditorChange{Role: &editor}), digest.Conflict)
		b.wantKind(b.RemoveEditor(b.ctx(), tester, ann.ID), digest.Conflict)
		b.must(b.ChangeEditor(b.ctx(), tester, bo.ID, account.EditorChange{Role: &owner}))
		b.must(b.RemoveEditor(b.ctx(), tester, ann.ID))
		b.wantKind(b.RemoveEditor(b.ctx(), tester, ann.ID), digest.NotFound)
		all := must(b.Editors(b.ctx()))
		b.equal("the editors", len(all), 1)
		b.equal("the owner", all[0].Email, "bo@desk.example")
	}},
	{"two owners who remove each other at once leave one", func(b *bench) {
		ann, bo := b.editor("ann@desk.example", digest.OwnerRole), b.editor("bo@desk.example", digest.OwnerRole)
		var both sync.WaitGroup
		for _, e := range []digest.Editor{ann, bo} {
			both.Go(func() { _ = b.RemoveEditor(b.ctx(), tester, e.ID) })
		}
		both.Wait()
		b.equal("owners left", len(must(b.Editors(b.ctx()))), 1)
	}},
	{"removing an editor ends the sessions and the links", func(b *bench) {
		b.editor("ann@desk.example", digest.OwnerRole)
		bo := b.editor("bo@desk.example", digest.EditorRole)
		link := b.token()
		b.must(b.AddEntrance(b.ctx(), tester, link, account.Entrance{Kind: account.SignInLink, EditorID: bo.ID, Email: bo.Email, Key: bo.Email, Expires: time.Now().Add(time.Hour)}))
		b.signedIn(bo, "bo's")
		b.equal("signed in", b.isSignedIn("bo's"), true)
		b.must(b.RemoveEditor(b.ctx(), tester, bo.ID))
		b.equal("signed in", b.isSignedIn("bo's"), false)
		_, err := b.Enter(b.ctx(), link, time.Now(), "")
		b.wantKind(err, digest.NotFound)
	}},
	{"a new password ends the sessions", func(b *bench) {
		ann := b.editor("ann@desk.example", digest.OwnerRole)
		b.signedIn(ann, "here")
		b.signedIn(ann, "elsewhere")
		link := account.Entrance{Kind: account.SignInLink, EditorID: ann.ID, Email: ann.Email, Key: ann.Email, Created: time.Now(), Expires: time.Now().Add(time.Hour)}
		first, second := b.token(), b.token()
		b.must(b.AddEntrance(b.ctx(), tester, first, link))
		b.must(b.SetPassword(b.ctx(), ann.Actor(), ann.ID, "another hash"))
		b.equal("here and elsewhere", [2]bool{b.isSignedIn("here"), b.isSignedIn("elsewhere")}, [2]bool{false, false})
		_, err := b.Enter(b.ctx(), first, time.Now(), "")
		b.wantKind(err, digest.Conflict)

		b.must(b.AddEntrance(b.ctx(), tester, second, link))
		_, err = b.EndSessions(b.ctx(), ann.Actor(), ann.ID)
		b.must(err)
		_, err = b.Enter(b.ctx(), second, time.Now(), "")
		b.wantKind(err, digest.Conflict)
	}},
	{"a session is ended by its editor, and by nobody else", func(b *bench) {
		ann, bo := b.editor("ann@desk.example", digest.OwnerRole), b.editor("bo@desk.example", digest.EditorRole)
		b.signedIn(ann, "ann's")
		s, _, err := b.Session(b.ctx(), "ann's", time.Now(), time.Now().Add(-time.Hour))
		b.must(err)
		b.wantKind(b.EndSession(b.ctx(), bo.Actor(), bo.ID, s.ID), digest.NotFound)
		b.equal("signed in", b.isSignedIn("ann's"), true)
		b.must(b.EndSession(b.ctx(), ann.Actor(), ann.ID, s.ID))
		b.equal("signed in", b.isSignedIn("ann's"), false)
		b.wantKind(b.EndSession(b.ctx(), ann.Actor(), ann.ID, s.ID), digest.NotFound)
	}},
	{"a session that ended is not begun again by being seen", func(b *bench) {
		ann := b.editor("ann@desk.example", digest.OwnerRole)
		b.signedIn(ann, "one")
		n, err := b.EndSessions(b.ctx(), ann.Actor(), ann.ID)
		b.must(err)
		b.equal("ended", n, 1)
		b.must(b.TouchSession(b.ctx(), "one", time.Now(), time.Now().Add(time.Hour)))
		b.equal("signed in", b.isSignedIn("one"), false)
	}},
	{"an editor has so many sessions and no more", func(b *bench) {
		ann := b.editor("ann@desk.example", digest.OwnerRole)
		for i := range account.MostSessions + 3 {
			b.signedIn(ann, strings.Repeat("x", i+1))
		}
		b.equal("sessions", len(must(b.Sessions(b.ctx(), ann.ID, time.Now()))), account.MostSessions)
		b.equal("the first and the last", [2]bool{b.isSignedIn("x"), b.isSignedIn(strings.Repeat("x", account.MostSessions+3))}, [2]bool{false, true})
	}},
	{"a link works once, also for two at the same moment", func(b *bench) {
		ann := b.editor("ann@desk.example", digest.OwnerRole)
		link := b.token()
		b.must(b.AddEntrance(b.ctx(), tester, link, account.Entrance{Kind: account.SignInLink, EditorID: ann.ID, Email: ann.Email, Key: ann.Email, Expires: time.Now().Add(time.Hour)}))
		var mu sync.Mutex
		var got []error
		var both sync.WaitGroup
		for range 4 {
			both.Go(func() {
				_, err := b.Enter(b.ctx(), link, time.Now(), "")
				mu.Lock()
				defer mu.Unlock()
				got = append(got, err)
			})
		}
		both.Wait()
		in := 0
		for _, err := range got {
			if err == nil {
				in++
				continue
			}
			b.wantKind(err, digest.Conflict)
		}
		b.equal("who got in", in, 1)
	}},
	{"there is one link to set up, and none once there is an editor", func(b *bench) {
		first, second, third := b.token(), b.token(), b.token()
		setUp := account.Entrance{Kind: account.SetUpLink, By: "serve"}
		b.equal("made", must(b.AddSetUp(b.ctx(), first, setUp)), true)
		b.equal("made", must(b.AddSetUp(b.ctx(), second, setUp)), true)
		owner := account.Account{Editor: digest.Editor{Email: "ann@desk.example", Role: digest.OwnerRole}, Key: "ann@desk.example", Handle: []byte("ann")}
		_, err := b.Accept(b.ctx(), first, owner, nil, time.Now(), "")
		b.wantKind(err, digest.Conflict)
		for range 25 {
			b.equal("made", must(b.AddSetUp(b.ctx(), b.token(), setUp)), true)
		}
		_, known, err := b.Entrance(b.ctx(), first)
		b.must(err)
		b.equal("the first is known for ever", known, false)
		second = b.token()
		b.equal("made", must(b.AddSetUp(b.ctx(), second, setUp)), true)
		must(b.Accept(b.ctx(), second, owner, nil, time.Now(), ""))
		other := account.Account{Editor: digest.Editor{Email: "bo@desk.example", Role: digest.OwnerRole}, Key: "bo@desk.example", Handle: []byte("bo")}
		_, err = b.Accept(b.ctx(), second, other, nil, time.Now(), "")
		b.wantKind(err, digest.NotFound)
		b.equal("made", must(b.AddSetUp(b.ctx(), third, setUp)), false)
	}},
	{"an invitation is mailed, replaced by another, and makes one editor", func(b *bench) {
		ann := b.editor("ann@desk.example", digest.OwnerRole)
		invite := func(token string) error {
			return b.Invite(b.ctx(), ann.Actor(), token, account.Entrance{Kind: account.InvitationLink, Email: "bo@desk.example", Key: "bo@desk.example", Name: "Bo",
				Role: digest.EditorRole, By: "Ann", Created: time.Now(), Expires: time.Now().Add(time.Hour)})
		}
		first, second := b.token(), b.token()
		b.must(invite(first))
		b.must(invite(second))
		letters := must(b.ClaimLetters(b.ctx(), deliver.LetterClaim{Most: 10, Now: time.Now(), Retry: time.Now()}))
		b.equal("letters", len(letters), 1)
		l := letters[0]
		b.equal("the letter", [5]string{string(l.Kind), l.Email, l.Token, l.Name, l.By}, [5]string{"invitation", "bo@desk.example", second, "Bo", "Ann"})
		b.equal("of use", l.Useful(time.Now()), true)
		bo := account.Account{Editor: digest.Editor{Email: "bo@desk.example", Role: digest.EditorRole}, Key: "bo@desk.example", Handle: []byte("bo")}
		_, err := b.Accept(b.ctx(), first, bo, nil, time.Now(), "")
		b.wantKind(err, digest.NotFound)
		must(b.Accept(b.ctx(), second, bo, nil, time.Now(), ""))
		b.wantKind(invite(b.token()), digest.Conflict)
		begun, ok, err := b.BeginLetter(b.ctx(), l)
		b.must(err)
		b.equal("the letter is begun, and of no use", [2]bool{ok, begun.Useful(time.Now())}, [2]bool{true, false})
	}},
	{"a mailed link's token is in the letter alone, and gone with it", func(b *bench) {
		b.editor("ann@desk.example", digest.OwnerRole)
		token := b.token()
		try := account.Attempt{Kind: account.MailAttempt, Key: "ann@desk.example", Limits: wide}
		b.equal("mailed", must(b.MailLink(b.ctx(), try, token, time.Now().Add(time.Hour))), true)
		try.Key = "nobody@desk.example"
		b.equal("mailed", must(b.MailLink(b.ctx(), try, b.token(), time.Now().Add(time.Hour))), false)
		letters := must(b.ClaimLetters(b.ctx(), deliver.LetterClaim{Most: 10, Now: time.Now(), Retry: time.Now()}))
		b.equal("letters", len(letters), 1)
		b.equal("the letter", [3]string{string(letters[0].Kind), letters[0].Token, letters[0].Name}, [3]string{"sign-in", token, "Ines"})
		b.must(b.SettleLetter(b.ctx(), deliver.LetterResult{LetterID: letters[0].ID, Fence: letters[0].Fence, State: subscribers.Delivered}))
		must(b.Enter(b.ctx(), token, time.Now(), "192.0.2.0/24"))
	}},
	{"a passkey's answer signs in once", func(b *bench) {
		ann := b.editor("ann@desk.example", digest.OwnerRole)
		key := account.Passkey{EditorID: ann.ID, Name: "Phone", CredentialID: []byte{1}, Credential: "{}", Created: start}
		b.must(b.AddPasskey(b.ctx(), tester, key))
		b.wantKind(b.AddPasskey(b.ctx(), tester, key), digest.Conflict)
		kept := must(b.Passkeys(b.ctx(), ann.ID))[0]
		b.must(b.PassPasskey(b.ctx(), kept, "", "a challenge"))
		b.wantKind(b.PassPasskey(b.ctx(), kept, "", "a challenge"), digest.Conflict)
		bo := b.editor("bo@desk.example", digest.EditorRole)
		b.wantKind(b.RemovePasskey(b.ctx(), tester, bo.ID, kept.ID), digest.NotFound)
		b.wantKind(b.RenamePasskey(b.ctx(), tester, bo.ID, kept.ID, "mine"), digest.NotFound)
		b.must(b.RemovePasskey(b.ctx(), tester, ann.ID, kept.ID))
		b.wantKind(b.PassPasskey(b.ctx(), kept, "", "another"), digest.NotFound)
	}},
	{"attempts at once get no further than attempts in a row", func(b *bench) {
		limits := wide
		limits.PerAccountNetwork = 5
		allowed := 0
		var mu sync.Mutex
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				_, ok, err := b.BeginAttempt(b.ctx(), account.Attempt{Kind: account.PasswordAttempt, Key: "ann@desk.example", Network: "192.0.2.0/24", Limits: limits})
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					b.Error(err)
				}
				if ok {
					allowed++
				}
			})
		}
		all.Wait()
		b.equal("allowed", allowed, 5)
	}},
}

var auditTests = []test{
	{"every change leaves one row, with who and on what", func(b *bench) {
		count := func() int { return len(must(b.Audit(b.ctx(), digest.AuditFilter{}))) }
		ann := digest.Actor{Kind: digest.ByEditor, Name: "ann@desk.example"}
		src := digest.Source{Name: "Night Bus", URL: "https://nightbus.example/", Platform: digest.Blogger, AddedAt: start}
		var issue digest.Issue
		name, slot := "Nights", after(24*time.Hour)
		for _, c := range []struct {
			what string
			do   func() error
			want string
		}{
			{"a blog is added", func() error { return b.AddSource(b.ctx(), ann, &src, nil, firstSeries) }, "ann@desk.example began to follow the blog Night Bus"},
			{"a blog is changed", func() error {
				src.Language = "cy"
				return b.SaveSource(b.ctx(), ann, src)
			}, "ann@desk.example changed the settings of the blog Night Bus: language “cy”"},
			{"a feed of it is changed", func() error {
				return b.SaveSource(b.ctx(), ann, src, "posts feed https://nightbus.example/new")
			}, "ann@desk.example changed the settings of the blog Night Bus: posts feed https://nightbus.example/new"},
			{"the series is changed", func() error {
				_, err := b.ChangeSettings(b.ctx(), ann, b.series().ID, desk.Settings{Name: &name}, start, nil)
				return err
			}, "ann@desk.example changed the series Pick of the Week: name “Nights”"},
			{"the publication is changed", func() error {
				_, err := b.ChangeSettings(b.ctx(), ann, 0, desk.Settings{Publication: &name}, start, nil)
				return err
			}, "ann@desk.example changed the publication: name “Nights”"},
			{"a draft is opened", func() (err error) {
				issue, _, err = b.OpenDraft(b.ctx(), ann, b.series().ID, start, slot)
				return err
			}, "ann@desk.example opened issue 1 of Nights: opened it"},
			{"a draft is edited", func() error {
				issue.Title = "Nights 1"
				return b.SaveDraft(b.ctx(), &issue, digest.Revision{At: start, By: ann, Did: digest.Edited, Words: "called it Nights 1"})
			}, "ann@desk.example edited issue 1 of Nights: called it Nights 1"},
			{"it is approved", func() error {
				issue.ApprovedAt, issue.Frozen = after(time.Hour), &digest.Frozen{Number: 1}
				return b.Approve(b.ctx(), ann, &issue, nil)
			}, "ann@desk.example approved issue 1 of Nights: approved it"},
			{"it is cancelled", func() error {
				return b.MoveIssue(b.ctx(), ann, issue.ID, digest.Cancelled, after(2*time.Hour), digest.AsSeen{})
			}, "ann@desk.example cancelled issue 1 of Nights: cancelled it"},
			{"sending is held", func() error { return errOf(b.Hold(b.ctx(), ann, "moving", start)) }, "ann@desk.example held the sending: moving"},
			{"sending is released", func() error { return errOf(b.Release(b.ctx(), ann, dispatch.NotAsked, start)) }, "ann@desk.example released the sending"},
			{"a blog is removed", func() error { return b.RemoveSource(b.ctx(), ann, src.ID) }, "ann@desk.example stopped following the blog Night Bus"},
		} {
			before := count()
			b.must(c.do())
			b.equal(c.what+": rows", count()-before, 1)
			b.equal(c.what, b.did(digest.AuditFilter{Limit: 1})[0], c.want)
		}
	}},
	{"what fails leaves no row", func(b *bench) {
		before := len(must(b.Audit(b.ctx(), digest.AuditFilter{})))
		b.wantKind(b.RemoveSource(b.ctx(), tester, 99), digest.NotFound)
		b.wantKind(b.RemoveEditor(b.ctx(), tester, 99), digest.NotFound)
		b.equal("rows", len(must(b.Audit(b.ctx(), digest.AuditFilter{})))-before, 0)
	}},
	{"failed sign-ins take one row an hour, and tell no address of strangers", func(b *bench) {
		b.editor("ann@desk.example", digest.OwnerRole)
		for _, key := range []string{"ann@desk.example", "ann@desk.example", "my password", "x@y.example", "ann@desk.example"} {
			b.must(b.FailAttempt(b.ctx(), account.Attempt{Kind: account.PasswordAttempt, Key: key, Network: "192.0.2.0/24"}))
		}
		b.equal("rows", b.did(digest.AuditFilter{Did: digest.SignInFailed}), []string{
			"somebody failed to sign in as an address that is no editor's: last from 192.0.2.0/24 (2 times)",
			"somebody failed to sign in as ann@desk.example: last from 192.0.2.0/24 (3 times)",
		})
	}},
	{"the list is filtered and paged", func(b *bench) {
		for _, who := range []string{"ann@desk.example", "bo_1@desk.example", "Ann@desk.example"} {
			_, err := b.Hold(b.ctx(), digest.Actor{Kind: digest.ByEditor, Name: who}, "why", start)
			b.must(err)
			_, err = b.Release(b.ctx(), digest.Actor{Kind: digest.ByEditor, Name: who}, dispatch.NotAsked, start)
			b.must(err)
		}
		for _, c := range []struct {
			f    digest.AuditFilter
			want int
		}{
			{digest.AuditFilter{}, 6},
			{digest.AuditFilter{By: "ANN"}, 4},
			{digest.AuditFilter{By: "_"}, 2},
			{digest.AuditFilter{By: "%"}, 0},
			{digest.AuditFilter{Did: digest.SendingHeld}, 3},
			{digest.AuditFilter{Did: digest.SendingHeld, By: "bo"}, 1},
			{digest.AuditFilter{Since: time.Now().Add(time.Hour)}, 0},
			{digest.AuditFilter{Since: time.Now().Add(-time.Hour)}, 6},
			{digest.AuditFilter{Limit: 2}, 2},
		} {
			b.equal("rows", len(must(b.Audit(b.ctx(), c.f))), c.want)
		}
		first := must(b.Audit(b.ctx(), digest.AuditFilter{Limit: 4}))
		rest := must(b.Audit(b.ctx(), digest.AuditFilter{Limit: 4, Before: first[3].ID}))
		b.equal("the rest", len(rest), 2)
	}},
}
