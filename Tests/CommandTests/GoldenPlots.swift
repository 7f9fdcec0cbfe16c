/// Plots that were looked at and found right.
enum GoldenPlots {
    static let unicode = """
        temp (degF) by jfk version 1
        45 ┤                                                 ┊            ×
           │             ⡠⠤⡀                      ⢀⠤⢄        ┊             ⢀⠤⢄
           │            ⡰⠁ ⠱⡀                    ⢠⠊ ⠈⢆       ┊           ×⢀⠎ ⠈⢆
           │           ⡰⠁   ⠱⡀                  ⡰⠁   ⠸⡀      ┊           ⢀⠎   ⠸⡀
        40 ┤          ⢠⠃     ⢣                 ⢠⠃     ⢣      ┊          ×⡜     ⢣
           │          ⡜      ⠈⡆                ⡜      ⠈⡆     ┊          ⢠⠃     ⠈⢆
           │         ⢠⠃       ⠸⡀              ⢠⠃       ⠸⡀    ┊          ⡜       ⠈⢆
           │         ⡸         ⠱⡀             ⡸         ⠱⡀   ┊         ×⠇        ⠈⢆
        35 ┤         ⡇          ⠱⡀            ⡇          ⠱⡀  ┊         ⢸          ⠈⢆
           │        ⢸            ⠘⢄          ⢸            ⠘⢄ ┊×      × ⡇            ⠣⡀
           │        ⡎             ⠈⢢         ⡎              ⠑⡄ ×      ⡸              ⠑⡄
        30 ┤⡀      ⢰⠁               ⠱⡀      ⢰⠁               ⠈⢀ ×××××⢠⠃               ⠈
           │⠘⢄     ⡎                 ⠘⢄     ⡎                ┊ ⠣⡀    ⡎
           │ ⠈⠦⢄  ⡰⠁                   ⠣⠤⡀ ⡰⠁                ┊  ⠱⠤⡀ ⡰⠁
           │   ⠈⠒⠊                       ⠑⠒⠁                 ┊    ⠑⠒⠁
        25 ┤                                                 ┊
           └┬────────────┬───────────┬────────────┬───────────┬────────────┬───────────
          00:00        12:00       00:00        12:00       00:00        12:00
         Nov 24                   Nov 25                   Nov 26
          ⠒ history   ⠒ forecast   × actual   ┊ end of the history   times in UTC

        """

    static let ascii = """
        temp (degF) by jfk version 1
        50 +                                    |
           |                                    |
           |         ***               ****     |       xx+++
        40 +        *   *             **  *     |      x++   +
           |       *     **          *     **   |      x     ++
           |      *       ****      *        ***|x    x+       +++
        30 +**   *           ***    *           *+xxxx+           +
           |  ****              ****            | ++++
           |                                    |
        20 +                                    |
           ++--------+--------+--------+---------+--------+--------
          00:00    12:00    00:00    12:00     00:00    12:00
         Nov 24            Nov 25             Nov 26
          * history   + forecast   x actual   | end of the history   times in UTC

        """
}
