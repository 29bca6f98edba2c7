// Package digest is the domain of Postbag: what a blog says, what an editor
// makes of it, and the rules both must keep. It holds types, rules and error
// kinds, and imports the standard library only. Fetching, storing, rendering
// and sending are left to the packages beside and below it.
//
// The words:
//
//   - A [Source] is a blog, followed through the feeds whose polling state is
//     kept in [FeedState].
//   - A [Post] is an entry of a source, and so is each [Comment] under it; a
//     comment that answers another one names it as its parent.
//   - [Prose] is the only form in which foreign text enters the program.
//   - A [Series] is a recurring compilation ("Pick of the Week").
//   - An [Issue] is one numbered edition, made of [Block]s: picks, headings,
//     and what the editor writes between them. It answers for a slot, a moment of
//     the series' schedule; what it may pick of is its [Window]; every change of it
//     is kept as a [Revision].
//   - A [Frozen] issue is the snapshot that approval makes. Every rendering
//     comes from it and from nothing else.
//
// An issue moves through these states. [IssueState.To] lists the moves, and the
// store refuses all others:
//
//	  ┌──────reopen──────┐
//	  ▼                  │
//	draft ──approve──► approved ──publish──► published ──send──► sending ──► sent
//	 │ │                 │                       │               │ │  ▲        │
//	 │ └──────cancel─────┤                       │           pause │  resume   │
//	 │                   ▼                       │               ▼ │  │        │
//	 │               cancelled                   │             paused─┘        │
//	 │                                           │               │ │           │
//	 └──skip──► skipped                          └──────┬────────┴─┴───────────┘
//	                                                withdraw
//	                                                    ▼
//	                                                withdrawn
//
// A sent issue is sending again once a person says that mails which were refused or in
// doubt are to be sent again; nobody else gets it by that.
//
// Reopening goes from approved back to draft only: what has been published is
// never edited. A skipped issue's rows go on to the next draft; a withdrawn one is
// off the pages and feeds for good.
package digest
