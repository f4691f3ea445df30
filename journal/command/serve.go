package command

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"flowbook/journal"
	"flowbook/journal/serve"
)

func (a *app) serve() *cobra.Command {
	var c choice
	var o serve.Options
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Show the journal as a live page on this machine until Ctrl-C",
		Long: `Show the journal as a live page on 127.0.0.1: curves grow while a training runs. The address it prints holds a token, without
which other users of the machine see nothing. --host shows it on a network too, to those who have the token, without encryption;
--base-path is for a proxy that shows it at a path, as JupyterHub's at /user/NAME/proxy/PORT.`,
		Args: arguments(0, 0, "no arguments; choose runs with --where"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if o.Query, err = c.query(); err != nil {
				return err
			}
			return a.with(true, func(j *journal.Journal) error {
				if o.Host != "" && o.Host != "127.0.0.1" && o.Host != "localhost" {
					fmt.Fprintln(a.err, "journal: the page goes over the network without encryption, to all who have its address with the token; a tunnel is safer: ssh -L 8080:127.0.0.1:8080 HOST")
				}
				return serve.Serve(cmd.Context(), j, o, func(url string) {
					_ = a.answer(struct {
						URL string `json:"url"`
					}{url}, func(w io.Writer) { fmt.Fprintf(w, "%s\nCtrl-C ends it.\n", url) })
				})
			})
		},
	}
	c.flags(cmd, a)
	cmd.Flags().IntVarP(&o.Port, "port", "p", 0, "port to listen on (default: a free one)")
	cmd.Flags().StringVar(&o.Host, "host", "", "address to listen on; 0.0.0.0 is every network (default: 127.0.0.1, this machine alone)")
	cmd.Flags().StringVar(&o.BasePath, "base-path", "", "path at which a proxy shows the page")
	cmd.Flags().StringVar(&o.Title, "title", "", "heading of the page")
	return cmd
}
