/// Plots that were looked at and found right.
enum GoldenPlots {
    static let unicode = """
        temp (degF) by jfk version 1
        45 ┤                                                 ┊            ×
           │             ⡠⠤⡀                      ⢀⠤⢄        ┊             ⢀⣤⣤⡀
           │            ⡰⠁ ⠱⡀                    ⢠⠊ ⠈⢆       ┊           ×⢀⣾⠃⠘⣷⡀
           │           ⡰⠁   ⠱⡀                  ⡰⠁   ⠸⡀      ┊           ⢀⣾⠃  ⢸⣇
        40 ┤          ⢠⠃     ⢣                 ⢠⠃     ⢣      ┊          ×⣼⠇    ⢿⡄
           │          ⡜      ⠈⡆                ⡜      ⠈⡆     ┊          ⢠⡿     ⠘⣷⡀
           │         ⢠⠃       ⠸⡀              ⢠⠃       ⠸⡀    ┊          ⣼⠇      ⠘⣷⡀
           │         ⡸         ⠱⡀             ⡸         ⠱⡀   ┊         ⊗⣿        ⠘⣷⡀
        35 ┤         ⡇          ⠱⡀            ⡇          ⠱⡀  ┊         ⢸⡇         ⠘⣷⡀
           │        ⢸            ⠘⢄          ⢸            ⠘⢄ ┊×      × ⣿⠁          ⠈⢿⣄
           │        ⡎             ⠈⢢         ⡎              ⠑⡄ ×      ⣸⡏             ⠻⣦
        30 ┤⡀      ⢰⠁               ⠱⡀      ⢰⠁               ⠈⢀⡀×××××⢠⡿               ⠛
           │⠘⢄     ⡎                 ⠘⢄     ⡎                ┊⠈⢿⣄    ⣾⠃
           │ ⠈⠦⢄  ⡰⠁                   ⠣⠤⡀ ⡰⠁                ┊  ⢻⣦⣄ ⣰⡟
           │   ⠈⠒⠊                       ⠑⠒⠁                 ┊    ⠻⠶⠟
        25 ┤                                                 ┊
           └┬────────────┬───────────┬────────────┬───────────┬────────────┬───────────
          00:00        12:00       00:00        12:00       00:00        12:00
         Nov 24                   Nov 25                   Nov 26
          ⠒ history   ⠶ forecast   × actual   ⊗ both   ┊ end of the history
          times in UTC

        """

    static let ascii = """
        temp (degF) by jfk version 1
        45 +                                    |        x
           |         ***               ****     |       x +++
        40 +        *   *              *  *     |        +   +
           |        *    *            *    *    |      x+    +
           |       *      *          *      *   |      #      +
        35 +      *       ***       *        ** |x    x+       ++
           |      *          *      *          **xxx x +         ++
        30 +**   *            **    *           |+  x +
           |  ****              ****            | ++++
        25 +                                    |
           ++--------+--------+--------+---------+--------+--------
          00:00    12:00    00:00    12:00     00:00    12:00
         Nov 24            Nov 25             Nov 26
          * history   + forecast   x actual   # both
          | end of the history   times in UTC

        """
}
