package site

import (
	"net/url"
	"strconv"

	"postbag/digest"
)

// acts are the desk's pages where acts are done. A part in braces is the subject of
// the act; the page of a blog, and of an issue, has a button for each of its acts.
var acts = map[digest.Deed]Page{
	digest.AddSource:      SourceNew,
	digest.ListSources:    SourcesList,
	digest.ShowSource:     SourcePage,
	digest.ChangeSource:   SourceSettings,
	digest.AcceptPage:     SourcePage,
	digest.PullNow:        SourcePage,
	digest.PullAnyway:     SourcePage,
	digest.PullHistory:    SourcePage,
	digest.ImportExport:   SourceImport,
	digest.AllowHost:      SystemPage,
	digest.ListPosts:      "/desk/posts/",
	digest.ListComments:   "/desk/comments/",
	digest.OpenDraft:      "/desk/issues/",
	digest.ListIssues:     "/desk/issues/",
	digest.ShowIssue:      "/desk/issues/{issue}",
	digest.RemoveRows:     "/desk/issues/{issue}/arrange",
	digest.AcceptRows:     "/desk/issues/{issue}",
	digest.KeepRows:       "/desk/issues/{issue}/check",
	digest.ComparePick:    "/desk/issues/{issue}/check",
	digest.TrimPick:       "/desk/issues/{issue}/arrange",
	digest.ReadIssue:      "/desk/issues/{issue}/read",
	digest.ArrangeIssue:   "/desk/issues/{issue}/arrange",
	digest.CheckIssue:     "/desk/issues/{issue}/check",
	digest.AskBlogs:       "/desk/issues/{issue}/check",
	digest.EndMail:        "/desk/issues/{issue}/check",
	digest.AddTerm:        "/desk/issues/{issue}/check",
	digest.ReopenIssue:    "/desk/issues/{issue}",
	digest.ApproveIssue:   "/desk/issues/{issue}",
	digest.PublishIssue:   "/desk/issues/{issue}/send",
	digest.SendIssue:      "/desk/issues/{issue}/send",
	digest.SendAnyway:     "/desk/issues/{issue}/send",
	digest.HoldIssue:      "/desk/issues/{issue}/send",
	digest.PauseIssue:     "/desk/issues/{issue}/send",
	digest.ResumeIssue:    "/desk/issues/{issue}/send",
	digest.CancelIssue:    "/desk/issues/{issue}",
	digest.SkipIssue:      "/desk/issues/{issue}",
	digest.IssueHistory:   "/desk/issues/{issue}/history",
	digest.ListDuties:     SystemPage,
	digest.ShowHold:       SystemPage,
	digest.ReleaseHold:    SystemPage,
	digest.GiveUpUnsent:   SystemPage,
	digest.SendUnsent:     SystemPage,
	digest.ImportGoodRows: ReaderImport,
	digest.ImportAsLeft:   ReaderImport,
	digest.NameColumn:     ReaderImport,
	digest.NameCharset:    ReaderImport,
	digest.AddSubscriber:  ReaderNew,
	digest.ChangeSeries:   SettingsPage,
	digest.StartServe:     SystemPage,
	digest.OtherDatabase:  SystemPage,
	digest.SignInAct:      SignIn,
	digest.ListEditors:    EditorsPage,
	digest.AddEditor:      EditorsPage,
	digest.LinkEditor:     EditorsPage,
}

// Act gives the address of the desk's page where an act is done, on the site's own
// host, and "" for a deed without one. Where the subject is left open it is the
// present draft, or the list to choose from; rows are named by their block.
func (s Site) Act(a digest.Act) string {
	page, known := acts[a.Do]
	if !known {
		return ""
	}
	if a.Do == digest.TrimPick && a.Issue != 0 && len(a.Blocks) == 1 {
		return s.Desk(TrimScreen, a.Series, a.Issue, a.Blocks[0])
	}
	subject := map[string]string{"issue": "draft", "source": ""}
	if a.Issue != 0 {
		subject["issue"] = strconv.Itoa(a.Issue)
	}
	if a.Source != 0 {
		subject["source"] = strconv.FormatInt(a.Source, 10)
	}
	address := s.Path(page, subject[page.part()])
	if a.Series != "" {
		address += "?series=" + url.QueryEscape(a.Series)
	}
	if len(a.Blocks) > 0 {
		address += "#block-" + strconv.FormatInt(a.Blocks[0], 10)
	}
	return address
}
