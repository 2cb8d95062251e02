import java.time.Duration;
import java.util.*;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.*;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.*;

/**
 * Joins `orders` with the `payments` that come within five seconds before or after them into `paid`, and counts those in
 * windows of ten seconds, by the first letter of the key, into `sums`; exactly once, until standard input ends.
 */
public class WindowedJoin {
  public static void main(String[] args) throws Exception {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "windowed-join");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, args[1]);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
    settings.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
    settings.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
    // A killed member is missed soon.
    settings.put("session.timeout.ms", 6_000);
    StreamsBuilder builder = new StreamsBuilder();
    // Nothing is too late, whatever order a restart brings.
    Duration grace = Duration.ofHours(1);
    KStream<String, String> paid = builder.<String, String>stream("orders").join(
        builder.<String, String>stream("payments"),
        (order, payment) -> order + "+" + payment,
        JoinWindows.ofTimeDifferenceAndGrace(Duration.ofSeconds(5), grace));
    paid.to("paid");
    paid.groupBy((key, value) -> key.substring(0, 1))
        .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofSeconds(10), grace))
        .count()
        .toStream()
        .map((window, count) -> KeyValue.pair(window.key() + "@" + window.window().start(), String.valueOf(count)))
        .to("sums");
    KafkaStreams streams = new KafkaStreams(builder.build(), settings);
    streams.setUncaughtExceptionHandler(error -> {
      error.printStackTrace();
      return StreamThreadExceptionResponse.REPLACE_THREAD;
    });
    streams.start();
    System.in.read();
    streams.close(Duration.ofSeconds(20));
  }
}
