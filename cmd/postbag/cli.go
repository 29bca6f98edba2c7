package main

// cli is the grammar of the command line.
type cli struct {
	ShowVersion versionFlag `name:"version" help:"Print the version."`

	Config string `help:"Read settings from this TOML file; flags and variables go before it." placeholder:"FILE" group:"settings"`

	Settings `embed:"" group:"settings"`

	Demo    demoCmd    `cmd:"" help:"Show the whole job on loopback with an invented blog: pull, pick, publish, mail."`
	Serve   serveCmd   `cmd:"" help:"Run the web pages and the worker."`
	Preview previewCmd `cmd:"" help:"Make an issue of any blog without a database, as files."`

	Source  sourceCmd  `cmd:"" help:"The blogs that are followed."`
	Pull    pullCmd    `cmd:"" help:"Pull new posts and comments now."`
	Import  importCmd  `cmd:"" help:"Import a blog's export: posts and comments to its beginning."`
	Post    postCmd    `cmd:"" help:"The posts that are stored."`
	Comment commentCmd `cmd:"" help:"The comments that are stored."`

	Series     seriesCmd     `cmd:"" help:"The recurring compilation: its name, schedule and numbering."`
	Issue      issueCmd      `cmd:"" help:"Draft, pick, arrange, approve, publish and send issues."`
	Suggest    suggestCmd    `cmd:"" help:"The rules for suggestions: switches, and what they learned from your picks."`
	Schedule   scheduleCmd   `cmd:"" help:"What is done by itself: when it is next due, and who is at it."`
	Subscriber subscriberCmd `cmd:"" help:"The readers on the mailing list."`

	Suppression suppressionCmd `cmd:"" help:"The addresses that may not be mailed: list, add, remove."`

	Bounce bounceCmd `cmd:"" help:"What comes back of mails: take a message, list what came."`

	Editor editorCmd `cmd:"" help:"Who may work at the desk: add, list, set a password, print a link, remove."`
	Audit  auditCmd  `cmd:"" help:"List who changed what, and when."`

	Sending sendingCmd `cmd:"" help:"Whether anything is published and mailed: show, hold, release."`

	Backup  backupCmd  `cmd:"" help:"Write everything into one file, while serving too."`
	Restore restoreCmd `cmd:"" help:"Make a database of a backup; its sending starts held."`
	DB      dbCmd      `cmd:"" name:"db" help:"The database as a whole: copy, migrate."`

	Status  statusCmd  `cmd:"" help:"Say in a few lines what the database knows of pulls, issues and mails."`
	Doctor  doctorCmd  `cmd:"" help:"Say what stands in the way of mail: name system, mail server, pages, clock, disk and backups."`
	DKIM    dkimCmd    `cmd:"" name:"dkim" help:"The keys that mails are signed with: make one, show the records to publish."`
	Health  healthCmd  `cmd:"" help:"Ask a running serve whether it is well."`
	Bench   benchCmd   `cmd:"" help:"Measure on this machine how fast an issue is mailed."`
	Version versionCmd `cmd:"" help:"Print the version."`

	Help       helpCmd       `cmd:"" help:"Show the help of a command."`
	Completion completionCmd `cmd:"" help:"Print what lets a shell complete commands and flags."`
}
