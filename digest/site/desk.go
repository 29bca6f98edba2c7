package site

import (
	"net/url"
	"strings"
)

// Desk is where the editor's pages begin; all of them are below it.
const Desk = "/desk"

// The pages of the desk. {issue} is a number, or "draft" for the present draft. Where
// there are several series, the query [SeriesQuery] names one.
const (
	DeskHome  Page = Desk + "/"
	DeskAsset Page = Desk + "/assets/{file}"

	ReadScreen    Page = Desk + "/issues/{issue}/read"
	ArrangeScreen Page = Desk + "/issues/{issue}/arrange"
	CheckScreen   Page = Desk + "/issues/{issue}/check"
	SendScreen    Page = Desk + "/issues/{issue}/send"

	SendWords  Page = Desk + "/issues/{issue}/send/words" // the mail's subject and first line
	SendTest   Page = Desk + "/issues/{issue}/send/test"
	SendHold   Page = Desk + "/issues/{issue}/send/hold"
	SendPause  Page = Desk + "/issues/{issue}/send/pause"
	SendResume Page = Desk + "/issues/{issue}/send/resume"
	SendNow    Page = Desk + "/issues/{issue}/send/now"
	SendRule   Page = Desk + "/issues/{issue}/send/deadline" // what happens if nobody approves in time

	ReadDecide Page = ReadScreen + "/decide"
	ReadMove   Page = ReadScreen + "/move"
	ReadUndo   Page = ReadScreen + "/undo"
	ReadNews   Page = ReadScreen + "/news"
	ReadPlace  Page = ReadScreen + "/place"
	KeysPage   Page = Desk + "/keys"

	// TrimScreen is where a pick is trimmed, and TrimComment where a comment is that may
	// not be picked yet. [FromQuery] says which screen they go back to.
	TrimScreen  Page = Desk + "/issues/{issue}/picks/{block}/trim"
	TrimComment Page = Desk + "/issues/{issue}/comments/{comment}/trim"

	// What an issue would be, as whole documents of their own: mail, text, feed, page.
	Preview Page = Desk + "/issues/{issue}/preview/{output}"
	// CheckFix mends what was found, CheckAsk asks the blogs, CheckAsked tells how far
	// that is, CheckTest mails a test.
	CheckFix    Page = Desk + "/issues/{issue}/check/fix"
	CheckAsk    Page = Desk + "/issues/{issue}/check/ask"
	CheckAsked  Page = Desk + "/issues/{issue}/check/asked"
	CheckTest   Page = Desk + "/issues/{issue}/check/test"
	ComparePick Page = Desk + "/issues/{issue}/check/compare/{block}"

	SignIn  Page = Desk + "/sign-in"
	SignOut Page = Desk + "/sign-out"
	Account Page = Desk + "/account"

	SetupPage   Page = Desk + "/setup"
	SetupBlog   Page = Desk + "/setup/blog"
	SetupFollow Page = Desk + "/setup/blog/follow"
	SetupSeries Page = Desk + "/setup/series"
	SetupMail   Page = Desk + "/setup/mail"
	SetupDNS    Page = Desk + "/setup/mail/dns"
	SetupTest   Page = Desk + "/setup/mail/test"
	SetupPull   Page = Desk + "/setup/pull"
	SetupBegin  Page = Desk + "/setup/begin"

	IssuesList   Page = Desk + "/issues/"
	SourcesList  Page = Desk + "/sources/"
	ReadersList  Page = Desk + "/readers/"
	SettingsPage Page = Desk + "/settings"
	SystemPage   Page = Desk + "/system"
	AuditPage    Page = Desk + "/audit"
)

// The pages around an issue. {source} and {reader} are ids.
const (
	SourceNew      Page = Desk + "/sources/new"
	SourceImport   Page = Desk + "/sources/import"
	SourcePage     Page = Desk + "/sources/{source}"
	SourceSettings Page = Desk + "/sources/{source}/settings"
	SourcePull     Page = Desk + "/sources/{source}/pull"
	SourceRemove   Page = Desk + "/sources/{source}/remove"

	PastIssue     Page = Desk + "/issues/{issue}"
	WithdrawIssue Page = Desk + "/issues/{issue}/withdraw"
	SettleMails   Page = Desk + "/issues/{issue}/settle" // decides about mails that are in doubt or were refused

	ReaderNew    Page = Desk + "/readers/new"
	ReaderImport Page = Desk + "/readers/import"
	ReaderExport Page = Desk + "/readers/export"
	ReaderPage   Page = Desk + "/readers/{reader}"
	ReaderAsk    Page = Desk + "/readers/{reader}/ask"   // once more to confirm
	ReaderErase  Page = Desk + "/readers/{reader}/erase" // all that is known of them

	ReaderSuppress Page = Desk + "/readers/{reader}/suppress" // nothing is mailed to them any more

	SeriesNew   Page = Desk + "/settings/series/new"
	SuggestPage Page = Desk + "/settings/suggestions" // of a series: its rules, and what they learned
	SendingPage Page = Desk + "/system/sending"       // holds sending, and lets it go on
	TaskPage    Page = Desk + "/tasks/{task}"         // what runs beside; a POST stops it
)

// FromQuery is the query of a page that goes back to where it was opened: "read",
// "arrange" or "check".
const FromQuery = "from"

// CommentQuery is the query of Read that names the comment at which reading goes on: there,
// or at the next where the page holds that one back.
const CommentQuery = "at"

// SeriesQuery is the query of a desk's page that names a series by its slug.
const SeriesQuery = "series"

// Desk gives the address of a desk's page, on its own host, with its parts in braces
// filled in, in order. The series is "" where there is only one.
func (s Site) Desk(p Page, series string, values ...any) string {
	address := s.Path(p, values...)
	if series == "" {
		return address
	}
	joint := "?"
	if strings.Contains(address, "?") {
		joint = "&"
	}
	return address + joint + SeriesQuery + "=" + url.QueryEscape(series)
}
