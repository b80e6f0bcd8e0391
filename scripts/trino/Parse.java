import io.trino.sql.parser.ParsingException;
import io.trino.sql.parser.SqlParser;
import java.nio.file.Files;
import java.nio.file.Path;

/** Parses the statements of a file, each ended by a NUL, and prints those that Trino's parser refuses. */
public class Parse {
  public static void main(String[] arguments) throws Exception {
    SqlParser parser = new SqlParser();
    int accepted = 0;
    int refused = 0;
    for (String statement : Files.readString(Path.of(arguments[0])).split("\0")) {
      if (statement.isBlank()) continue;
      try {
        parser.createStatement(statement);
        accepted++;
      } catch (ParsingException error) {
        refused++;
        System.out.println(error.getMessage() + "\n" + statement + "\n");
      }
    }
    System.out.println(accepted + " accepted, " + refused + " refused");
    System.exit(refused == 0 && accepted > 0 ? 0 : 1);
  }
}
