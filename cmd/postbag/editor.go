package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"postbag/digest"
	"postbag/digest/site"
)

// editorCmd groups the commands about who may work at the desk.
type editorCmd struct {
	Add    editorAddCmd    `cmd:"" help:"Add an editor, and print a link that signs in once."`
	List   editorListCmd   `cmd:"" help:"List the editors."`
	Passwd editorPasswdCmd `cmd:"" help:"Set an editor's password; all sessions end."`
	Link   editorLinkCmd   `cmd:"" help:"Print a link that signs an editor in once, for whoever is locked out."`
	Role   editorRoleCmd   `cmd:"" help:"Make an editor an owner, or an owner an editor."`
	Remove editorRemoveCmd `cmd:"" help:"Remove an editor; all sessions end."`
}

// mostTypedPassword bounds what is read as a password, in bytes.
const mostTypedPassword = 4096

type editorAddCmd struct {
	Email string `arg:"" help:"The address."`
	Name  string `help:"What the desk calls the editor." placeholder:"NAME"`
	Role  string `help:"owner or editor; the first is an owner." enum:",owner,editor" default:"" placeholder:"ROLE"`
}

// Run adds an editor.
func (c editorAddCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return p.begin(ctx, s, func(a *app) error {
		role := digest.Role(c.Role)
		if role == "" {
			all, err := a.accounts().Editors(ctx)
			if err != nil {
				return err
			}
			if role = digest.EditorRole; len(all) == 0 {
				role = digest.OwnerRole
			}
		}
		e, err := a.accounts().Add(ctx, p.by(), c.Email, c.Name, role)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.Stdout, "Added %s as %s. This link signs in once, within a day:\n", e.Email, e.Role)
		return a.printLink(ctx, e.Email)
	})
}

// printLink prints a link that signs an editor in.
func (a *app) printLink(ctx context.Context, email string) error {
	of, err := a.accounts().ByEmail(ctx, email)
	if err != nil {
		return err
	}
	token, _, err := a.accounts().PrintLink(ctx, a.p.by(), of)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.p.Stdout, a.deskSite().URL(site.Entrance, token))
	return err
}

type editorListCmd struct{ listing }

// editorRow is an editor in a JSON listing.
type editorRow struct {
	ID       int64       `json:"id"`
	Email    string      `json:"email"`
	Name     string      `json:"name"`
	Role     digest.Role `json:"role"`
	Created  stamp       `json:"created"`
	LastSeen stamp       `json:"last_seen"`
}

// Run lists the editors.
func (c editorListCmd) Run(ctx context.Context, p *Program, a *app) error {
	all, err := a.accounts().Editors(ctx)
	if err != nil {
		return err
	}
	var rows []editorRow
	for _, e := range all {
		rows = append(rows, editorRow{ID: e.ID, Email: e.Email, Name: e.Name, Role: e.Role, Created: stamp(e.CreatedAt), LastSeen: stamp(e.LastSeen)})
	}
	return printList(p, c.JSON, rows, "No editors yet. To add one: postbag editor add EMAIL", "EMAIL\tNAME\tROLE\tSINCE\tLAST SEEN", func(r editorRow) string {
		return fmt.Sprintf("%s\t%s\t%s\t%s\t%s", cell(r.Email, 60), cell(r.Name, 30), r.Role, when(time.Time(r.Created)), when(time.Time(r.LastSeen)))
	})
}

type editorPasswdCmd struct {
	Email string `arg:"" help:"The address."`
	Stdin bool   `help:"Read the password from the first line of standard input."`
	File  string `help:"Read the password from the first line of this file." placeholder:"FILE" type:"path"`
}

// Run sets a password.
func (c editorPasswdCmd) Run(ctx context.Context, p *Program, a *app) error {
	of, err := a.accounts().ByEmail(ctx, c.Email)
	if err != nil {
		return err
	}
	password, err := c.read(p)
	if err != nil {
		return err
	}
	if err := a.accounts().SetPassword(ctx, p.by(), of.ID, password); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.Stdout, "The password of %s is set. All sessions have ended.\n", of.Email)
	return err
}

// read reads the password: never from an argument, which others can see.
func (c editorPasswdCmd) read(p *Program) (string, error) {
	switch {
	case c.Stdin && c.File != "":
		return "", digest.Fail(digest.Invalid, "Take one of them away.", "--stdin and --file are both given")
	case c.File != "":
		f, err := os.Open(c.File)
		if err != nil {
			return "", digest.Fail(digest.Invalid, "Check its name, and who may read it.", "the password cannot be read: %w", err)
		}
		defer f.Close()
		return firstLine(f)
	case c.Stdin:
		return firstLine(p.Stdin)
	}
	in, ok := p.Stdin.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return "", digest.Fail(digest.Invalid, "Give it with --stdin or --file.", "there is no terminal to ask for the password")
	}
	var twice [2][]byte
	for i, ask := range []string{"New password: ", "Once more: "} {
		fmt.Fprint(p.Stderr, ask)
		typed, err := term.ReadPassword(int(in.Fd()))
		fmt.Fprintln(p.Stderr)
		if err != nil {
			return "", err
		}
		twice[i] = typed
	}
	if !bytes.Equal(twice[0], twice[1]) {
		return "", digest.Fail(digest.Invalid, "Type the same twice.", "the two passwords differ")
	}
	return string(twice[0]), nil
}

// firstLine reads a line without its end.
func firstLine(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, mostTypedPassword)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

type editorLinkCmd struct {
	Email string `arg:"" help:"The address."`
}

// Run prints a link.
func (c editorLinkCmd) Run(ctx context.Context, a *app) error { return a.printLink(ctx, c.Email) }

type editorRoleCmd struct {
	Email string `arg:"" help:"The address."`
	Role  string `arg:"" help:"owner or editor." enum:"owner,editor"`
}

// Run changes a role.
func (c editorRoleCmd) Run(ctx context.Context, p *Program, a *app) error {
	of, err := a.accounts().ByEmail(ctx, c.Email)
	if err != nil {
		return err
	}
	if err := a.accounts().SetRole(ctx, p.by(), of.ID, digest.Role(c.Role)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.Stdout, "%s is %s now.\n", of.Email, map[string]string{"owner": "an owner", "editor": "an editor"}[c.Role])
	return err
}

type editorRemoveCmd struct {
	Email string `arg:"" help:"The address."`
}

// Run removes an editor.
func (c editorRemoveCmd) Run(ctx context.Context, p *Program, a *app) error {
	of, err := a.accounts().ByEmail(ctx, c.Email)
	if err != nil {
		return err
	}
	if err := a.accounts().Remove(ctx, p.by(), of.ID); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.Stdout, "Removed %s. All sessions have ended.\n", of.Email)
	return err
}
