<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

use Throwable;

/** Documents for embedding, read now or, where that fails, as last read. */
final class Page
{
    /** What is wrong, once the connection failed: other reads of the same request of WHMCS are not waited for. */
    private static ?string $down = null;

    /**
     * @param array<array-key, mixed> $document empty where there is none
     * @param string $fault one plain sentence for customers; empty where the document is of now
     * @param string $problem what is wrong, for staff
     * @param bool $isReachable whether Sluice answered
     */
    private function __construct(
        public readonly array $document,
        public readonly string $fault = '',
        public readonly string $problem = '',
        public readonly bool $isReachable = true
    ) {
    }

    /**
     * Reads a document, and keeps it for when that fails.
     *
     * @param string $subject what it is about, unique in the installation: `service-42-staff`
     * @param callable(): array<array-key, mixed> $read
     */
    public static function read(string $subject, callable $read): self
    {
        if (self::$down !== null) {
            return self::last($subject, self::$down, false);
        }
        try {
            $document = $read();
            if (!is_array($document['parts'] ?? null)) {
                throw ApiError::ofOther();
            }
            self::keep(static fn () => LastPage::save($subject, $document));
            return new self($document);
        } catch (ApiError $error) {
            if ($error->isOfSluice() && $error->status === 404) {
                // What is known no more must not be shown as if it were.
                self::keep(static fn () => LastPage::drop($subject));
                return new self([], 'There are no figures of this service yet.', Text::failure($error));
            }
            $problem = Text::failure($error);
            if (in_array($error->reason, ['unreachable', 'timeout', 'cut_answer'], true)) {
                self::$down = $problem;
            }
            return self::last($subject, $problem, $error->isOfSluice());
        } catch (Throwable $error) {
            return self::last($subject, Text::failure($error), false);
        }
    }

    /** Returns whether the connection failed in this request of WHMCS. */
    public static function isDown(): bool
    {
        return self::$down !== null;
    }

    /**
     * Returns variables for a template: `title`, `summary`, `parts` (`id` and `title` to be escaped, `html` escaped by the API),
     * `timeZone` (of the times in the parts), `packages`, `agreed` (a field of the form for them), `unpaid`, `due` (what has
     * to be paid before the service comes back), `credit`, `topUp` (where credit for them is added; empty where no page is known),
     * `loginLink`, `fault`.
     *
     * @return array{title: string, summary: string, timeZone: string, parts: list<array{id: string, title: string, html: string}>,
     *     packages: list<array{package: string, label: string}>, agreed: string, unpaid: list<array{package: string, invoice: string}>,
     *     due: array{label: string, href: string}|null,
     *     credit: string, topUp: string, loginLink: bool, fault: string}
     */
    public function variables(): array
    {
        $document = new Data($this->document);
        $parts = [];
        foreach ($document->items('parts') as $part) {
            $parts[] = ['id' => $part->text('id'), 'title' => $part->text('title'), 'html' => $part->text('html')];
        }
        $packages = [];
        $offered = $this->fault === '' ? $document->items('packages') : [];
        foreach ($offered as $package) {
            $packages[] = ['package' => $package->text('package'), 'label' => $package->text('label')];
        }
        $unpaid = [];
        foreach ($document->items('unpaid') as $purchase) {
            $unpaid[] = ['package' => $purchase->text('package'), 'invoice' => $purchase->text('invoice')];
        }
        $due = $document->at('due');
        $invoice = $due->text('invoice');
        $page = $invoice === '' ? 'clientarea.php?action=invoices' : 'viewinvoice.php?id=' . rawurlencode($invoice);
        return [
            'title' => $document->text('title'),
            'summary' => $document->text('summary'),
            'parts' => $parts,
            'timeZone' => $document->text('timeZone'),
            'packages' => $packages,
            'agreed' => Agreed::field($offered),
            'unpaid' => $unpaid,
            'due' => $due->text('label') === '' ? null : ['label' => $due->text('label'), 'href' => $page],
            'credit' => $this->fault === '' ? $document->text('credit') : '',
            'topUp' => $packages === [] && $unpaid === [] ? '' : self::topUp($document),
            'loginLink' => $document->isTrue('loginLink'),
            'fault' => $this->fault,
        ];
    }

    /** Returns where clients add credit. WHMCS's own page adds it where packages are paid in WHMCS, and nowhere else. */
    private static function topUp(Data $document): string
    {
        $url = $document->text('topUpUrl');
        if (preg_match('#^https?://#i', $url) === 1) {
            return $url;
        }
        return $document->text('billing') === 'whmcs' ? 'clientarea.php?action=addfunds' : '';
    }

    /**
     * Changes what is stored. A database that refuses it changes nothing on the page.
     *
     * @param callable(): void $change
     */
    private static function keep(callable $change): void
    {
        try {
            $change();
        } catch (Throwable $error) {
            Text::failure($error);
        }
    }

    private static function last(string $subject, string $problem, bool $isReachable): self
    {
        try {
            $last = LastPage::find($subject);
        } catch (Throwable) {
            $last = null;
        }
        if ($last === null) {
            $sentence = "The figures can't be had at the moment. Please try again later.";
            return new self([], $sentence, $problem, $isReachable);
        }
        $at = strtotime($last['readAt']);
        $when = $at === false ? $last['readAt'] : gmdate('Y-m-d H:i', $at) . ' UTC';
        $sentence = "The current figures can't be had at the moment; these are of $when.";
        return new self($last['document'], $sentence, $problem, $isReachable);
    }
}
