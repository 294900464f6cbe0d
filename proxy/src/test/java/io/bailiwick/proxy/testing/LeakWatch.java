package io.bailiwick.proxy.testing;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Turns a buffer that was never released into a failed test class (I5): that one, or the next, if
 * the collector was late. Registered for all tests of the module.
 */
public final class LeakWatch implements BeforeAllCallback, AfterAllCallback {
  private static final int LOOKS = 10;
  private static final List<String> LEAKS = new CopyOnWriteArrayList<>();
  private static boolean installed;

  @Override
  public void beforeAll(ExtensionContext context) {
    install();
  }

  private static synchronized void install() {
    if (!installed) {
      installed = true;
      ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Factory());
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    System.gc();
    // The detector looks for what was collected each time something new is tracked.
    for (int i = 0; i < LOOKS; i++) {
      ByteBufAllocator.DEFAULT.directBuffer(1).release();
    }
    List<String> leaks = List.copyOf(LEAKS);
    LEAKS.removeAll(leaks);
    if (!leaks.isEmpty()) {
      throw new AssertionError("I5: " + leaks.size() + " buffers were not released: " + leaks);
    }
  }

  private static final class Factory extends ResourceLeakDetectorFactory {
    @Override
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval, long maxActive) {
      return new Detector<>(resource, samplingInterval);
    }
  }

  private static final class Detector<T> extends ResourceLeakDetector<T> {
    Detector(Class<T> resource, int samplingInterval) {
      super(resource, samplingInterval);
    }

    @Override
    protected boolean needReport() {
      return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
      LEAKS.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
      LEAKS.add(resourceType);
    }
  }
}
