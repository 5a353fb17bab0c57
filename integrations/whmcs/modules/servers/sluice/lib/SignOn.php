<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

/** Where a customer is sent from WHMCS: the panel's login, or a page of Sluice that is open for an hour. */
final class SignOn
{
    private const SECONDS = 3600;
    /** A link is used again as long as it is open for at least this long. */
    private const LEAST_SECONDS = 1800;
    /** Where WHMCS's session has the links, by the address of Sluice and the client. */
    private const LINKS = 'sluice_links';

    /**
     * @param array<array-key, mixed> $params the parameters of the module function
     *
     * @throws ApiError|Refusal
     */
    public static function address(array $params): string
    {
        $service = Service::of($params);
        $connection = Connection::ofServer($params);
        $api = new Api($connection, 15);
        Owner::check($api, $service->path(), $service->client);
        try {
            $address = (new Data($api->get($service->path('/login-link'))))->text('url');
        } catch (ApiError $error) {
            if ($error->reason !== 'unsupported') {
                throw $error;
            }
            $address = self::shared($api, $service, "{$connection->address} {$service->client}");
        }
        return self::checked($address);
    }

    /**
     * Returns an address if it is one of a web page; Sluice has none where customers are shown none.
     *
     * @throws Refusal
     */
    public static function checked(string $address): string
    {
        if (preg_match('#^https?://[^\s<>"\']+$#i', $address) !== 1) {
            throw new Refusal('Sluice has no address of the panel for customers: set publicUrl of the panel in its config.');
        }
        return $address;
    }

    private static function shared(Api $api, Service $service, string $place): string
    {
        if ($service->client === '') {
            throw new Refusal('WHMCS named no client.');
        }
        // One link for each click would fill the store of Sluice.
        $links = (new Data($_SESSION ?? []))->at(self::LINKS);
        $known = $links->at($place);
        if (($known->whole('until') ?? 0) >= time() + self::LEAST_SECONDS && !self::hasEnded($api, $known)) {
            return $known->text('url');
        }
        // A link is shown once: a repetition has to make another one.
        $key = Keys::fresh($service->subject(), 'share');
        $body = ['client' => $service->client, 'validSeconds' => self::SECONDS];
        $answer = new Data($api->post('/share-links', $body, $key));
        if ($answer->text('url') === '') {
            throw new Refusal('Sluice does not know the address at which customers reach it: set serve.publicUrl in its config.');
        }
        $path = '/share/' . rawurlencode($answer->text('token'));
        $link = ['url' => $answer->text('url'), 'until' => time() + self::SECONDS, 'path' => $path];
        // A proxy may let WHMCS reach nothing but the API: then no page shows which links have ended.
        $link['isSeen'] = $api->pageStatus($path) === 200;
        $_SESSION[self::LINKS] = [$place => $link] + $links->values;
        return $answer->text('url');
    }

    /** Returns whether a link opens nothing any more, such as one that staff revoked. */
    private static function hasEnded(Api $api, Data $link): bool
    {
        return $link->isTrue('isSeen') && $api->pageStatus($link->text('path')) === 404;
    }
}
