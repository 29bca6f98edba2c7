package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/willabides/kongplete"
)

// completionCmd prints code for a shell.
type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish. In bash: source <(postbag completion bash)."`
}

func (completionCmd) settingless() {}

// completions are the code by which a shell asks this program, at PROGRAM, how a
// line may go on. It asks in the way of bash, see [complete].
var completions = map[string]string{
	"bash": `complete -o default -C PROGRAM postbag
`,
	"zsh": `autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
complete -o default -C PROGRAM postbag
`,
	"fish": `function __postbag_complete
    set -lx COMP_LINE (commandline -cp)
    test -z (commandline -ct); and set COMP_LINE "$COMP_LINE "
    set -l found (PROGRAM)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -f -c postbag -a '(__postbag_complete)'
`,
}

// Run prints the code.
func (c completionCmd) Run(p *Program) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(p.Stdout, strings.ReplaceAll(completions[c.Shell], "PROGRAM", quoted(program)))
	return err
}

// complete tells a shell how its line may go on, if that is what this run is for: a
// shell puts the line into COMP_LINE, and the place of the cursor into COMP_POINT.
func complete(parser *kong.Kong) {
	if os.Getenv("COMP_LINE") != "" {
		kongplete.Complete(parser, kongplete.WithExitFunc(func(int) { panic(errHelpShown) }))
	}
}
